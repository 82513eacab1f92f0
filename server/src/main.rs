//! The `qifu` binary.

use std::process::ExitCode;

/// A page is a thousand small pieces that live for a millisecond: the system's allocator took a sixth of the server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}
