//! Starts tools, with nothing of this machine's surroundings.

use super::judged::Judged;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a tool in the judged project.
pub(crate) fn run<I: IntoIterator<Item: AsRef<OsStr>>>(
    judged: &Judged,
    program: &Path,
    arguments: I,
) -> Output {
    let root = &judged.project.root;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(root)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("HOME", root)
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null());
    command.output().unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The version that is pinned: a program that is built of a module tells none.
pub(crate) fn pinned(folder: &str, module: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pins = root.join(format!("tests/tools/go/{folder}/go.mod"));
    let pins = std::fs::read_to_string(pins).unwrap();
    let pin = pins.split(&format!("github.com/{module} v")).nth(1);
    pin.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default().to_owned()
}
