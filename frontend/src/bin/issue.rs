//! A problem's page.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
