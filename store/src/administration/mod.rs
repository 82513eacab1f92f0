//! What an administrator keeps: the log of changes.

pub mod change;
