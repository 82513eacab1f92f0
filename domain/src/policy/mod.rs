//! The policy calculator (政策计算器, S-16, S-17, S-21 to S-26): which money an enterprise can have, how much, and why.
//!
//! [`model::Item`] is what authors write, [`facts::Facts`] what is known; [`book::Book`] compiles items once,
//! [`Book::evaluate`](book::Book::evaluate) answers for one enterprise with reasons, [`book::Book::run`] for whole columns of
//! enterprises without allocating. The same code serves the pages, the jobs, the command line and the browser.

pub mod amount;
pub mod application;
pub mod book;
pub mod check;
pub mod condition;
pub mod day;
pub mod difference;
pub mod evaluate;
pub mod explain;
pub mod facts;
pub mod figure;
pub mod funnel;
mod harm;
pub mod industry;
#[cfg(feature = "server")]
mod json;
pub mod library;
pub mod map;
pub mod model;
pub mod money;
pub mod notice;
mod outcome;
mod payments;
pub mod portrait;
mod relevance;
pub mod satisfy;
pub mod total;
pub mod version;
pub mod words;

use std::cmp::Ordering;

/// The places of a list in order, equal ones as they stand. Sorting places through one function instead of lists of many types
/// keeps the browser's module small: every type sorted costs some five kilobytes.
pub(crate) fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

/// The list in that order.
pub(crate) fn sorted<T>(list: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = order(list.len(), &|a, b| compare(&list[a], &list[b]));
    let mut slots: Vec<Option<T>> = list.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| slots[place].take()).collect()
}
