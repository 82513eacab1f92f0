//! The `qifu` binary.
fn main() {}
