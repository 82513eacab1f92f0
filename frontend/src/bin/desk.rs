//! The desk: split view, queues, actions in place.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
