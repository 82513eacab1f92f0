//! The policy calculator, and the islands of the space.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
