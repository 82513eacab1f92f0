//! An issue's page at the desk.

#[cfg(target_arch = "wasm32")]
use app as _;

fn main() {}
