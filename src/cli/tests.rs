//! Help that is read in a terminal of 80 columns.

use super::Arguments;
use clap::{Command, CommandFactory};

const COLUMNS: usize = 80;

/// Every command with its subcommands, and the words by which it is called.
fn commands() -> Vec<(String, Command)> {
    let mut root = Arguments::command();
    root.build();
    let mut all = vec![("iac".to_owned(), root)];
    let mut next = 0;
    while let Some((name, command)) = all.get(next).cloned() {
        let below = command.get_subcommands().filter(|command| command.get_name() != "help");
        all.extend(below.map(|it| (format!("{name} {}", it.get_name()), it.clone())));
        next += 1;
    }
    all
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    for (name, mut command) in commands() {
        for help in [command.render_help(), command.render_long_help()] {
            for line in help.to_string().lines() {
                assert!(line.chars().count() <= COLUMNS, "{name} --help: {line}");
            }
        }
        // A table that is wrapped cannot be read.
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in after.lines() {
            assert!(line.chars().count() <= COLUMNS, "{name} --help, at its end: {line}");
        }
    }
}

#[test]
fn each_command_has_one_line_in_the_list() {
    let help = Arguments::command().render_help().to_string();
    for (name, command) in
        commands().into_iter().skip(1).filter(|(it, _)| it.matches(' ').count() == 1)
    {
        let about = command.get_about().expect("every command says what it does").to_string();
        assert!(help.lines().any(|line| line.ends_with(&about)), "{name}: {about}");
    }
}

#[test]
fn list_names_everything_that_it_lists() {
    let (_, list) =
        commands().into_iter().find(|(name, _)| name == "iac list").expect("it is there");
    let about = list.get_about().expect("it says what it does").to_string();
    let what = list.get_positionals().next().expect("it asks what to list");
    for value in what.get_possible_values() {
        assert!(about.contains(value.get_name()), "{}", value.get_name());
    }
}
