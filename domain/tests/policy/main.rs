//! Properties of the policy calculator, tried on random items, facts and amounts.
#![allow(clippy::unwrap_used)]

mod amounts;
mod conditions;
mod missing;
mod random;
mod rules;
mod sets;
mod size;
mod steps;
mod sure;
mod totals;
mod unfit;
mod versions;
