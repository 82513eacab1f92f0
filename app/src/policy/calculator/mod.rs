//! The calculator (政策计算器, S-17): the same code answers the posted form on the server and every key stroke in the browser.
//!
//! An owner plays with three numbers on a phone and wants to see the total move.

mod controls;
mod island;
mod model;
mod payload;
mod results;

pub use island::Calculator;
pub use payload::{Known, Payload};
