//! The list: steps, queues, and what moved in it.

use super::{NEXT, Work, go, listen_to_keys, listen_to_server, modified, tell, toggle};
use crate::error::RpcError;
use crate::issue::desk::list::{Line, List, Mark};
use crate::issue::desk::palette::Palette;
use crate::issue::desk::pane::{Pane, Shown};
use crate::issue::desk::rpc::{desk_issue, desk_list};
use crate::issue::desk::view::ListView;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::ev::MouseEvent;
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;

/// Moving through the list fast asks for none of the issues one passes.
const PAUSE: u32 = 150;

/// Brings the desk's list to life.
pub fn list(list: List, palette: Palette) {
    let shown = list.shown;
    let called = move || palette.dialog.get_untracked().is_some_and(|dialog| dialog.open());
    listen_to_keys(move |event, typing| {
        palette.call(event)
            || match event.key().as_str() {
                "Escape" if !called() => list.back(),
                _ if typing || modified(event) => false,
                "/" => list.search.get_untracked().is_some_and(|input| input.focus().is_ok()),
                "j" => list.step(1),
                "k" => list.step(-1),
                "?" => toggle(list.keys),
                key => shown.open(key),
            }
    });
    listen_to_server("/desk/events", move || list.refresh());
    // What was done beside the list moves its rows, too.
    Effect::watch(move || shown.done.get(), move |_, _, _| list.refresh(), false);
    on_window("pageshow", move || list.refresh());
    list.address.set_value(search());
    // Back to another queue; a link to a part of the page is none.
    on_window("popstate", move || {
        if list.address.with_value(|address| *address != search()) {
            _ = window().location().reload();
        }
    });
}

/// Shows an issue beside the list. It never comes from the server, so there is only the half that makes it, in a part of the module that
/// comes once somebody wants to see one.
#[wasm_split(pane, wasm_split_path = leptos::wasm_split, fallible)]
fn beside(list: List, number: String) -> Result<Work, RpcError> {
    let shown = list.shown;
    if let Some(pane) = list.pane.get_untracked().filter(|_| shown.asleep.get_value()) {
        shown.asleep.set_value(false);
        pane.set_text_content(None);
        mount_to(pane, move || view! { <Pane shown/> }).forget();
    }
    Ok(Box::pin(async move {
        let answer = desk_issue(number.clone()).await;
        if list.at.get_untracked().as_ref() != Some(&number) {
            return;
        }
        list.leave(&number);
        shown.said.set(answer.as_ref().err().map(RpcError::sentence).unwrap_or_default());
        if answer != Err(RpcError::Offline) {
            shown.show(answer.ok());
        }
    }))
}

/// Asks for the issue beside the list again: it moved.
#[wasm_split(pane, wasm_split_path = leptos::wasm_split, fallible)]
fn again(shown: Shown, number: String) -> Result<(), RpcError> {
    shown.look(number);
    Ok(())
}

fn on_window(name: &'static str, mut on: impl FnMut() + 'static) {
    EventListener::new(&window(), name, move |_| on()).forget();
}

/// What the address asks for.
fn search() -> String {
    window().location().search().unwrap_or_default()
}

/// Whether there is room for an issue beside the list, as the style sheet has it.
fn wide() -> bool {
    window().match_media("(min-width: 68.75em)").ok().flatten().is_some_and(|query| query.matches())
}

/// A click that means the link itself: with the left button of a mouse, not to another tab.
fn plain(event: &MouseEvent) -> bool {
    event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key())
}

impl List {
    /// A step down or up; where there is room, the issue is shown once one stays.
    fn step(self, by: isize) -> bool {
        let at = self.at.get_untracked();
        let next = self.lines.with_untracked(|lines| {
            let at = at.and_then(|at| lines.iter().position(|line| line.number == at));
            let index = at.map_or(0, |at| at.saturating_add_signed(by).min(lines.len().saturating_sub(1)));
            lines.get(index).map(|line| line.number.clone())
        });
        let Some(number) = next else { return false };
        self.focus.set(Some(number.clone()));
        if wide() {
            self.choose(number);
        }
        true
    }

    /// From a field of an action back to the row.
    fn back(self) -> bool {
        let at = self.shown.number_untracked().or(self.at.get_untracked());
        let there = at.is_some();
        self.focus.set(at);
        there
    }

    /// With the mouse the issue is shown beside the list where there is room; Enter always opens its page.
    pub fn pick(self, number: &str, event: &MouseEvent) {
        if plain(event) && event.detail() > 0 && wide() {
            event.prevent_default();
            self.focus.set(Some(number.to_owned()));
            self.choose(number.to_owned());
        }
    }

    /// Shows an issue once one stays at it. What was typed into an action and not sent is given up only knowingly.
    fn choose(self, number: String) {
        self.at.set(Some(number.clone()));
        let kept = self.shown.typed.get_value() && self.shown.number_untracked().as_ref() != Some(&number);
        if kept && !window().confirm_with_message("刚才填的内容还没有提交，要离开吗？").unwrap_or(true) {
            return;
        }
        self.shown.typed.set_value(false);
        let show = move || {
            spawn_local(async move {
                match beside(self, number).await {
                    Ok(shown) => shown.await,
                    Err(error) => tell(&error),
                }
            });
        };
        NEXT.with_borrow_mut(|next| *next = Some(Timeout::new(PAUSE, show)));
    }

    /// The row one goes to was seen; the one one leaves may go where it belongs.
    fn leave(self, to: &str) {
        let gone = self.lines.with_untracked(|lines| {
            lines.iter().filter(|line| line.number == to).for_each(|line| line.mark.set(Mark::None));
            lines.iter().any(|line| line.mark.get_untracked() == Mark::Gone)
        });
        if gone {
            self.lines.update(|lines| lines.retain(|line| line.mark.get_untracked() != Mark::Gone));
        }
    }

    /// Another queue, without leaving the page where an issue is shown beside it.
    pub fn turn(self, code: &str, event: &MouseEvent) {
        if !plain(event) || !wide() {
            return;
        }
        event.prevent_default();
        let code = code.to_owned();
        spawn_local(async move {
            let href = ["/desk?queue=", &code].concat();
            let Ok(view) = desk_list(code, String::new(), String::new()).await else { return go(&href) };
            if let Ok(history) = window().history() {
                _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&href));
            }
            document().set_title(&[&view.heading, " - 企服工作台"].concat());
            if let Some(search) = self.search.get_untracked() {
                search.set_value("");
            }
            self.address.set_value(search());
            self.queue.set(view.queue.clone());
            self.words.set_value(String::new());
            self.after.set_value(String::new());
            self.told.set([&view.heading, "，", &view.rows.len().to_string(), " 件"].concat());
            // Whatever is in it is new to nobody.
            let old = self.lines.get_untracked();
            let lines = view.rows.iter().map(|row| match old.iter().find(|line| line.number == row.number) {
                Some(line) => {
                    line.row.set(row.clone());
                    line.mark.set(Mark::None);
                    line.clone()
                }
                None => Line::new(row.clone(), Mark::None),
            });
            self.draw(lines.collect(), view);
        });
    }

    /// Asks for the list as it is now.
    fn refresh(self) {
        let queue = self.queue.get_untracked();
        spawn_local(async move {
            let answer = desk_list(queue.clone(), self.words.get_value(), self.after.get_value()).await;
            let Ok(view) = answer else { return };
            if self.queue.get_untracked() != queue {
                return;
            }
            self.take(view);
        });
    }

    /// Draws what changed, and says so.
    fn take(self, view: ListView) {
        let shown = self.shown.view.with_untracked(|view| view.as_ref().map(|view| (view.number.clone(), view.stamp)));
        let (mut fresh, mut moved) = (0_u32, 0_u32);
        let old = self.lines.get_untracked();
        let mut lines: Vec<Line> = Vec::with_capacity(view.rows.len() + 1);
        for row in &view.rows {
            let here = shown.as_ref().filter(|(number, _)| *number == row.number);
            let Some(line) = old.iter().find(|line| line.number == row.number) else {
                // What is shown beside the list is new to nobody.
                let mark = if here.is_some() { Mark::None } else { Mark::New };
                fresh += u32::from(mark == Mark::New);
                lines.push(Line::new(row.clone(), mark));
                continue;
            };
            if here.is_some_and(|(_, stamp)| *stamp == row.stamp) {
                line.mark.set(Mark::None);
            } else if line.row.with_untracked(|known| known.stamp != row.stamp) {
                moved += 1;
                line.mark.set(Mark::Moved);
            }
            if line.row.with_untracked(|known| known != row) {
                line.row.set(row.clone());
            }
            lines.push(line.clone());
        }
        if let Some((number, stamp)) = shown {
            self.keep(&number, stamp, &old, &mut lines);
        }
        self.draw(lines, view);
        if fresh + moved > 0 {
            self.told.set(["列表有变化：", &fresh.to_string(), " 件新到，", &moved.to_string(), " 件有更新"].concat());
        }
    }

    fn draw(self, lines: Vec<Line>, view: ListView) {
        self.lines.set(lines);
        self.heading.set(view.heading);
        self.tabs.set(view.tabs);
        self.next.set(view.next);
    }

    /// The issue beside the list keeps its row, and is asked for again where it moved elsewhere.
    fn keep(self, number: &str, stamp: i64, old: &[Line], lines: &mut Vec<Line>) {
        let now = match lines.iter().find(|line| line.number == number) {
            Some(line) => line.row.with_untracked(|row| Some(row.stamp)),
            None => {
                if let Some((index, line)) = old.iter().enumerate().find(|(_, line)| line.number == number) {
                    line.mark.set(Mark::Gone);
                    lines.insert(index.min(lines.len()), line.clone());
                }
                None
            }
        };
        if now != Some(stamp) {
            let (shown, number) = (self.shown, number.to_owned());
            spawn_local(async move { _ = again(shown, number).await });
        }
    }
}
