//! The space: islands that most pages of an enterprise share.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
