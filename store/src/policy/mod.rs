//! Policies (S-16, S-17, S-21 to S-26): libraries, items and their versions, portraits, matches, what is told, applications, evaluation.

pub mod application;
pub mod evaluation;
pub mod item;
pub mod library;
pub mod matching;
pub mod notice;
pub mod portrait;
