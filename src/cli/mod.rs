//! Commands: one file each, wiring only. What is printed is printed here.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the command line talks to people")]

mod check;
mod diff;
mod explain;
mod init;
mod list;
mod project;
mod release;
mod render;
mod rule;
mod schema;

use clap::{Parser, Subcommand, ValueEnum};
use project::Failure;
use std::process::ExitCode;

/// Describe each system once; generate, check and compare everything else.
#[derive(Parser)]
#[command(name = "iac", version, propagate_version = true, term_width = 80)]
#[command(
    after_help = "Exit codes: 0 fine, 1 the world failed (disk, git), 2 the input cannot be\n\
resolved or the call is wrong, 3 drift (or changes, where asked), 4 findings."
)]
struct Arguments {
    /// The project's folder; the nearest one above unless said
    #[arg(long, short = 'C', global = true, value_name = "DIR")]
    root: Option<camino::Utf8PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Render(render::Render),
    Check(check::Check),
    Diff(diff::Diff),
    Explain(explain::Explain),
    List(list::List),
    Schema(schema::Schema),
    Release(release::Release),
    Rule(rule::RuleCommand),
    Init(init::Init),
}

/// What is printed: text for people, or JSON for programs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
}

/// How a command ended, apart from failures.
enum Outcome {
    /// Fine.
    Fine,
    /// The output folder does not hold what would be generated, or there are changes.
    Drift,
    /// There are findings of severity error.
    Findings,
}

/// Runs the command that the arguments name.
pub(crate) fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, everything else is a wrong call.
            let code = if error.use_stderr() { 2 } else { 0 };
            return if error.print().is_err() { ExitCode::from(1) } else { ExitCode::from(code) };
        }
    };
    let root = arguments.root;
    let result = match arguments.command {
        Command::Render(command) => command.run(root),
        Command::Check(command) => command.run(root),
        Command::Diff(command) => command.run(root),
        Command::Explain(command) => command.run(root),
        Command::List(command) => command.run(root),
        Command::Schema(command) => command.run(root),
        Command::Release(command) => command.run(root),
        Command::Rule(command) => command.run(),
        Command::Init(command) => command.run(root),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Drift) => ExitCode::from(3),
        Ok(Outcome::Findings) => ExitCode::from(4),
        Err(Failure::Input) => ExitCode::from(2),
        Err(Failure::Call(message)) => {
            anstream::eprintln!("{}: {message}", project::error_word());
            ExitCode::from(2)
        }
        Err(Failure::World(error)) => {
            // A reader that has seen enough, such as `head`, is no fault.
            let broken_pipe = error.chain().any(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()
                    .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
            });
            if broken_pipe {
                return ExitCode::SUCCESS;
            }
            anstream::eprintln!("{}: {error:#}", project::error_word());
            ExitCode::from(1)
        }
    }
}

/// Writes to standard output.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| {
        Failure::World(anyhow::Error::new(error).context("cannot write to standard output"))
    })
}

/// Writes JSON to standard output.
fn print_json(value: &serde_json::Value) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::World(anyhow::Error::new(error)))?;
    text.push('\n');
    print(&text)
}

#[cfg(test)]
mod tests;
