//! State and flags of an issue as tags.

use crate::ui::tag;
use domain::issue::{Flag, State};
use leptos::prelude::AnyView;

/// A state as icon and word; the colour only repeats it.
pub fn state_tag(state: State) -> AnyView {
    let (symbol, tone) = match state {
        State::Draft => ("pen", "quiet"),
        State::Submitted => ("inbox", "run"),
        State::Accepted => ("check", "run"),
        State::Dispatched => ("send", "run"),
        State::Handling => ("gear", "run"),
        State::AwaitingInput => ("ask", "warn"),
        State::Answered => ("star", "warn"),
        State::Closed => ("check", "ok"),
        State::Declined => ("cross", "quiet"),
        State::Withdrawn => ("undo", "quiet"),
    };
    tag(tone, symbol, state.label())
}

/// A flag as icon and word.
pub fn flag_tag(flag: Flag) -> AnyView {
    let (symbol, tone) = match flag {
        Flag::Dissatisfied => ("sad", "late"),
        Flag::AnsweredLate => ("late", "late"),
        Flag::Redispatched => ("loop", "warn"),
    };
    tag(tone, symbol, flag.label())
}
