//! The desk: the list with an issue beside it.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
