//! The space: what its pages beside filing and a problem share.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
