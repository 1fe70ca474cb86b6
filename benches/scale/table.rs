//! Figures as text, in at most 80 columns.

use crate::measure::Runs;
use std::time::Duration;

/// How many times the cost of a copy rendering may be.
const MOST_COPIES: f64 = 3.0;

/// How many times the cost of rendering checking may be.
const MOST_RENDERS: f64 = 4.0;

/// The most memory, in MiB, for a hundred services.
const MOST_MEMORY: f64 = 64.0;

/// The size for which memory is limited.
const MEMORY_SIZE: usize = 100;

/// Linear, but for what a measurement can tell: the cost of one service may not grow by more.
const MOST_GROWTH: f64 = 1.2;

/// What was measured for one number of services.
pub(crate) struct Measured {
    pub(crate) services: usize,
    pub(crate) environments: usize,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    pub(crate) empty: Runs,
    pub(crate) unchanged: Runs,
    pub(crate) check: Runs,
    pub(crate) copy: Runs,
}

impl Measured {
    /// The commands of iac by name.
    fn commands(&self) -> [(&'static str, &Runs); 3] {
        [
            ("render, empty tree", &self.empty),
            ("render, unchanged tree", &self.unchanged),
            ("check", &self.check),
        ]
    }

    /// One table: a line for each command, then the goals.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!(
                "{} services in {} environments: {} files, {} KiB in out/",
                self.services,
                self.environments,
                self.files,
                self.bytes / 1024,
            ),
            format!(
                "  {:<24} {:>9} {:>9} {:>9} {:>9} {:>9}",
                "", "best", "median", "CPU", "memory", "/ cp -r"
            ),
        ];
        let copied = self.files > 0;
        let rows = self.commands().into_iter().chain([("cp -r", &self.copy)]);
        for (name, runs) in rows.filter(|(name, _)| copied || *name != "cp -r") {
            let against = if copied {
                format!("{:.2}", ratio(runs.best(), self.copy.best()))
            } else {
                "-".to_owned()
            };
            lines.push(format!(
                "  {name:<24} {:>9} {:>9} {:>9} {:>9} {against:>9}",
                milliseconds(runs.best()),
                milliseconds(runs.median()),
                milliseconds(runs.processor()),
                format!("{:.1} MiB", mebibytes(runs.memory())),
            ));
        }
        if copied {
            lines.extend(self.goals());
        } else {
            lines.push("  nothing was written: there is no tree to copy".to_owned());
        }
        lines.join("\n")
    }

    fn goals(&self) -> Vec<String> {
        let copy = self.copy.best();
        let mut lines = vec![
            goal("render, empty tree / cp -r", ratio(self.empty.best(), copy), MOST_COPIES),
            goal("render, unchanged tree / cp -r", ratio(self.unchanged.best(), copy), MOST_COPIES),
            goal(
                "check / render, empty tree",
                ratio(self.check.best(), self.empty.best()),
                MOST_RENDERS,
            ),
        ];
        if self.services == MEMORY_SIZE {
            let most = self.commands().iter().map(|(_, runs)| runs.memory()).max();
            lines.push(goal("memory in MiB", mebibytes(most.unwrap_or(0)), MOST_MEMORY));
        }
        lines
    }

    /// How the cost of one service grew since a smaller number of services.
    pub(crate) fn growth(&self, smaller: &Self) -> String {
        let mut lines = vec![format!(
            "from {} to {} services, the cost of one service",
            smaller.services, self.services
        )];
        let more = ratio_of(self.services, smaller.services);
        for ((name, runs), (_, before)) in self.commands().into_iter().zip(smaller.commands()) {
            let grown = ratio(runs.best(), before.best()) / more;
            lines.push(goal(name, grown, MOST_GROWTH));
        }
        lines.join("\n")
    }
}

fn goal(what: &str, figure: f64, most: f64) -> String {
    let verdict = if figure <= most { "met" } else { "NOT MET" };
    format!("  goal: {what:<34} {figure:>8.2}  at most {most:>5.2}  {verdict}")
}

/// One time in units of another; infinite where that is nothing.
pub(crate) fn ratio(time: Duration, unit: Duration) -> f64 {
    time.as_secs_f64() / unit.as_secs_f64()
}

fn ratio_of(more: usize, less: usize) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    float(more) / float(less)
}

/// A time as text.
pub(crate) fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 100.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

fn mebibytes(bytes: u64) -> f64 {
    // In KiB it fits 32 bits up to 4 TiB.
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
}
