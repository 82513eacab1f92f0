//! State and flags of an issue as tags.

use crate::ui::{icon, tag};
use domain::issue::{Flag, State};
use leptos::prelude::AnyView;

/// A state as icon and word, as the offices say it; the colour only repeats it.
pub fn state_tag(state: State) -> AnyView {
    mark(state, state.label())
}

/// As [`state_tag`], in the words of the enterprise.
pub fn plain_tag(state: State) -> AnyView {
    mark(state, state.plain())
}

fn mark(state: State, words: &'static str) -> AnyView {
    let (symbol, tone) = match state {
        State::Draft => (icon("pen"), "quiet"),
        State::Submitted => (icon("inbox"), "run"),
        State::Accepted => (icon("check"), "run"),
        State::Dispatched => (icon("send"), "run"),
        State::Handling => (icon("gear"), "run"),
        State::AwaitingInput => (icon("ask"), "warn"),
        State::Tracking => (icon("clock"), "warn"),
        State::Answered => (icon("star"), "warn"),
        State::Closed => (icon("check"), "ok"),
        State::Declined => (icon("cross"), "quiet"),
        State::Withdrawn => (icon("undo"), "quiet"),
        State::Merged => (icon("send"), "quiet"),
    };
    tag(tone, symbol, words)
}

/// A flag as icon and word.
pub fn flag_tag(flag: Flag) -> AnyView {
    let (symbol, tone) = match flag {
        Flag::Warning => (icon("clock"), "warn"),
        Flag::Overdue => (icon("late"), "late"),
        Flag::Dissatisfied => (icon("sad"), "late"),
        Flag::AnsweredLate => (icon("late"), "late"),
        Flag::Supervised => (icon("bell"), "late"),
        Flag::Instructed => (icon("pen"), "warn"),
        Flag::Disagreed => (icon("ask"), "warn"),
        Flag::Redispatched => (icon("loop"), "warn"),
    };
    tag(tone, symbol, flag.label())
}
