//! Messages: opened by an owner on a phone, or by staff at the desk, wanting to know what moved since they last looked.

use super::island::{NewMessages, Seen};
use super::read;
use crate::carried::Carried;
use crate::render::{reads, title};
use crate::request::Request;
use crate::ui::form::{Form, hidden, whose};
use crate::ui::list::more;
use crate::ui::{empty, figures, time};
use ::time::OffsetDateTime;
use domain::calendar::words;
use leptos::Params;
use leptos::prelude::*;
use leptos_router::hooks::use_query;
use leptos_router::params::Params;
use std::collections::HashMap;
use store::message::Message;

/// Where a list goes on.
#[derive(Params, Debug, Clone, Default, PartialEq, Eq)]
struct AfterQuery {
    after: Option<String>,
}

/// A member's messages.
#[component]
pub fn MessagesPage() -> impl IntoView {
    inbox("/messages", "/issues", "/messages/events")
}

/// A staff account's messages.
#[component]
pub fn DeskMessagesPage() -> impl IntoView {
    inbox("/desk/messages", "/desk/issues", "/desk/events")
}

/// The inbox at `path`; problems open under `base`, `stream` says when more has come.
fn inbox(path: &'static str, base: &'static str, stream: &'static str) -> impl IntoView {
    let query = use_query::<AfterQuery>().get_untracked().unwrap_or_default();
    let request = Request::current();
    reads(async move {
        let (page, titles, unread, now) = {
            let mut ctx = request.open().await?;
            let page = read::list(&mut ctx, query.after.as_deref(), 30).await?;
            let titles = store::message::titles(&mut ctx.conn, &page.rows).await?;
            (page, titles, ctx.session.as_ref().map_or(0, |session| session.unread), ctx.now)
        };
        title("消息");
        let newest = page.rows.first().map_or(0, |message| message.id);
        let member = base == "/issues";
        let mark = (unread > 0).then(|| {
            view! {
                <form class="inline" method="post" action=format!("{path}/read")>
                    {hidden("up_to", newest.to_string())}
                    {member.then(|| whose(&Form::default()))}
                    <button class="button secondary">"全部标为已读"</button>
                </form>
            }
        });
        let body = if page.rows.is_empty() {
            empty("事情有进展时，消息会到这里。", None)
        } else {
            view! { <div class="card"><MessageList list=page.rows titles base now/></div> }.into_any()
        };
        let seen = Seen { unread, stream: stream.to_owned(), path: path.to_owned() };
        let next = format!("{path}?");
        let view = view! {
            <div class="title-row"><h1>"消息"</h1>{mark}</div>
            <NewMessages seen=Carried(seen)/>
            {body}
            {more(&next, page.next.as_deref())}
        };
        Ok(view.into_any())
    })
}

/// Messages as cells; problems open under `base` (`/issues`, `/desk/issues`), and to open one marks it as read, so each is a form. `titles`
/// names the problems by their numbers.
#[component]
pub fn MessageList(
    list: Vec<Message>,
    #[prop(optional)] titles: HashMap<String, String>,
    base: &'static str,
    now: OffsetDateTime,
) -> impl IntoView {
    let open = if base.starts_with("/desk") { "/desk/messages/open" } else { "/messages/open" };
    let items = list.into_iter().map(|message| {
        let about = titles.get(&message.number).map_or_else(String::new, |title| format!("{title} · "));
        let unread = message.read_at.is_none();
        view! {
            <li class="cell" class:unread=unread>
                <form method="post" action=open>
                    {hidden("id", message.id.to_string())}
                    <button>
                    <span class="cell-head">
                        <strong>{message.title}{unread.then(|| view! { <span class="hidden">"（未读）"</span> })}</strong>
                        <small>{time(message.created_at, words::moment(message.created_at, now))}</small>
                    </span>
                    <span class="muted clamp">{figures(&message.body)}</span>
                    <small class="muted">{about}<span class="figure">{message.number}</span></small>
                    </button>
                </form>
            </li>
        }
    });
    view! { <ul class="cells">{items.collect_view()}</ul> }
}
