//! The policy calculator (政策计算器, S-16, S-17, S-21 to S-26): which money an enterprise can have, how much, and why.
//!
//! [`model::Item`] is what authors write, [`facts::Facts`] what is known; [`book::Book`] compiles items once, [`Book::evaluate`](book::Book::evaluate) answers for
//! one enterprise with reasons, [`book::Book::run`] for whole columns of enterprises without allocating. The same code serves the
//! pages, the jobs, the command line and the browser.

pub mod amount;
pub mod application;
pub mod book;
pub mod check;
pub mod condition;
pub mod evaluate;
pub mod explain;
pub mod facts;
pub mod library;
pub mod model;
pub mod money;
pub mod satisfy;
pub mod total;
pub mod words;
