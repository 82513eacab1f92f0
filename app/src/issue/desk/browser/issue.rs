//! An issue on its page.

use super::alive::{look, sleep};
use super::{go, leave, listen_to_keys, listen_to_server, modified, toggle};
use crate::issue::desk::palette::Palette;
use crate::issue::desk::pane::Shown;
use crate::issue::desk::view::path_of;
use leptos::html;
use leptos::prelude::*;

/// Brings an issue's page to life.
pub fn page(shown: Shown, palette: Palette, keys: NodeRef<html::Details>) {
    sleep(shown);
    listen_to_keys(move |event, typing| {
        palette.call(event)
            || match event.key().as_str() {
                _ if typing || modified(event) => false,
                "?" => toggle(keys),
                key => shown.open(key),
            }
    });
    let Some((number, version)) =
        shown.acts.with_untracked(|acts| shown.number_untracked().zip(acts.as_ref().map(|acts| acts.version.to_string())))
    else {
        return;
    };
    let stream = [&path_of(&number), "/events?after=", &version].concat();
    listen_to_server(&stream, move || look(shown, number.clone()));
    // What left this person's sight has no page any more.
    Effect::watch(
        move || shown.view.with(Option::is_none),
        move |gone, _, _| {
            if *gone {
                // The list says what was done, as after the plain form.
                shown.said.with_untracked(|said| leave(said));
                go("/desk");
            }
        },
        false,
    );
}
