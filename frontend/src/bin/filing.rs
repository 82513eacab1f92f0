//! The form of a problem.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
