//! The command line of `iac`.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
