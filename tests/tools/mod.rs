//! The programs that tests compare with. `tests/tools/install.sh` installs them.
//!
//! Where one is missing, its tests are skipped, and say so. `IAC_REQUIRE_TOOLS=1` and `CI=true`
//! forbid that: what is missing is installed first, and is a failure if that does not work.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test asks the environment where programs are, and starts them"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

const INSTALL: &str = "tests/tools/install.sh";

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder of the programs, as the script chooses it.
fn folder() -> PathBuf {
    variable("IAC_TOOLS").unwrap_or_else(|| {
        let cache = variable("XDG_CACHE_HOME");
        let cache = cache.or_else(|| variable("HOME").map(|home| home.join(".cache")));
        cache.unwrap_or_default().join("iac-tools")
    })
}

/// Whether tests may be skipped because a program is missing.
fn required() -> bool {
    let is_set =
        |name| std::env::var(name).is_ok_and(|value| !matches!(&*value, "" | "0" | "false"));
    is_set("IAC_REQUIRE_TOOLS") || is_set("CI")
}

/// What was installed at a path below the folder of the programs, or nothing where it may be missing.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    static INSTALLED: Once = Once::new();
    let tool = folder().join(path);
    if tool.exists() {
        return Some(tool);
    }
    if !required() {
        println!("skipped: {} is not there: run {INSTALL}", tool.display());
        return None;
    }
    INSTALLED.call_once(|| {
        println!("{} is not there: running {INSTALL}", tool.display());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(INSTALL);
        let ended = Command::new("bash").arg(&script).status();
        assert!(ended.is_ok_and(|status| status.success()), "{INSTALL} failed");
    });
    assert!(tool.exists(), "{} is not there, although {INSTALL} ran", tool.display());
    Some(tool)
}
