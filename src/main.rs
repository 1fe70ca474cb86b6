//! The command line of `iac`.

mod cli;

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A run makes millions of small values and ends; this allocator takes half of the system's time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
