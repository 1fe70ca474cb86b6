//! A program that runs beside a test, and ends with it.

use camino::Utf8Path;
use std::fs;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Ends the program when standard input does: when the test closes it, and also when the test is
/// killed and can close nothing any more. Who does not end when asked is ended after 20 seconds.
const KEEPER: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ cat <&3 >/dev/null; kill "$child"; sleep 20; kill -9 "$child"; } 2>/dev/null &
watcher=$!
exec 3<&-
wait "$child"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
"#;

/// A running program; it ends when this is dropped.
pub(crate) struct Program {
    name: String,
    log: String,
    keeper: Child,
    /// Open as long as the program is to run.
    alive: Option<ChildStdin>,
}

impl Program {
    /// Starts a program in a folder, where its log is kept.
    pub(crate) fn start(program: &Path, arguments: &[String], folder: &Utf8Path) -> Self {
        let name = program.file_name().unwrap().to_str().unwrap().to_owned();
        let log = folder.join(format!("{name}.log"));
        let output = fs::File::create(&log).unwrap();
        let mut keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let alive = keeper.stdin.take();
        Self { name, log: log.into_string(), keeper, alive }
    }

    /// The last lines of the log, if the program has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<String> {
        let status = self.keeper.try_wait().unwrap()?;
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(20)..].join("\n");
        Some(format!("{} ended by itself, {status}:\n{last}", self.name))
    }

    /// All that it has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks the program to end, and waits for it.
    pub(crate) fn stop(&mut self) {
        drop(self.alive.take());
        let _ = self.keeper.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}
