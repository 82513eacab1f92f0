//! All islands in one module.

#[cfg(target_arch = "wasm32")]
use app as _;
