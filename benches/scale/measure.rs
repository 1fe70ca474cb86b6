//! Runs a program several times and keeps what it cost.

use anyhow::{Context, ensure};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What the runs of one program cost.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs {
    wall: Vec<Duration>,
    processor: Vec<Duration>,
    memory: u64,
}

impl Runs {
    /// Runs a program once more, and waits for it. What it prints is shown only if it fails.
    pub(crate) fn add(&mut self, command: &mut Command) -> anyhow::Result<()> {
        let what = format!("{command:?}");
        let start = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {what}"))?;
        let mut said = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            std::io::Read::read_to_string(&mut stderr, &mut said)
                .with_context(|| format!("cannot read what {what} says"))?;
        }
        let ended = child.wait4().with_context(|| format!("cannot wait for {what}"))?;
        self.wall.push(start.elapsed());
        ensure!(ended.status.success(), "{what} failed ({}):\n{said}", ended.status);
        self.processor.push(ended.rusage.utime + ended.rusage.stime);
        self.memory = self.memory.max(ended.rusage.maxrss);
        Ok(())
    }

    /// The wall time of the fastest run: the one that others disturbed least.
    pub(crate) fn best(&self) -> Duration {
        self.wall.iter().min().copied().unwrap_or_default()
    }

    /// The wall time in the middle.
    pub(crate) fn median(&self) -> Duration {
        median(&self.wall)
    }

    /// The processor time in the middle, the program's and the kernel's for it.
    pub(crate) fn processor(&self) -> Duration {
        median(&self.processor)
    }

    /// The most memory that a run held, in bytes. A child starts with that of its parent, so it is
    /// never less than what this program holds itself.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }
}

/// The value in the middle.
pub(crate) fn median(all: &[Duration]) -> Duration {
    let mut all = all.to_vec();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}
