//! What `iac` costs for projects of 10, 100 and 1,000 services, against `cp -r` of what it writes.
//!
//! ```text
//! cargo bench --bench scale                       the comparison
//! cargo bench --bench scale -- 100 --runs 21      for one size, with more runs
//! cargo bench --bench scale -- --stages           the stages inside one process
//! ```
//!
//! It prints which goals are met, and fails only if a program fails: a time on somebody's machine
//! is no test.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark writes projects, starts programs, looks at the clock and prints"
)]

mod measure;
mod project;
mod stages;
mod synthetic;
mod table;

use anyhow::{Context, bail, ensure};
use std::process::Command;
use std::{env, fs};
use table::Measured;

const SIZES: [usize; 3] = [10, 100, 1000];

/// Said to the process that runs on one core, so that it does not start another.
const PINNED: &str = "--pinned";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let options = Options::read(&arguments)?;
    if !options.pinned && pinned(&arguments)? {
        return Ok(());
    }
    if options.stages {
        return stages::print(&options.sizes);
    }
    let cores = if options.pinned { "pinned to one core" } else { "not pinned to a core" };
    println!("Whole processes, {cores}; memory is the peak. Lower is better.");
    let mut smaller: Option<Measured> = None;
    for &services in &options.sizes {
        let runs = options.runs.unwrap_or(if services > 100 { 5 } else { 11 });
        let measured = project::measure(services, runs)?;
        println!("\n{}", measured.text());
        if let Some(smaller) = smaller.filter(|smaller| smaller.files > 0) {
            println!("{}", measured.growth(&smaller));
        }
        smaller = Some(measured);
    }
    Ok(())
}

struct Options {
    sizes: Vec<usize>,
    runs: Option<usize>,
    stages: bool,
    pinned: bool,
}

impl Options {
    fn read(arguments: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { sizes: Vec::new(), runs: None, stages: false, pinned: false };
        let mut benchmark = false;
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => benchmark = true,
                "--stages" => options.stages = true,
                PINNED => options.pinned = true,
                "--runs" => {
                    let runs = arguments.next().and_then(|runs| runs.parse().ok());
                    options.runs = Some(runs.filter(|runs| *runs > 0).context("--runs NUMBER")?);
                }
                size => {
                    let Ok(size) = size.parse::<usize>() else {
                        bail!("unknown argument `{size}`; allowed: sizes, --runs NUMBER, --stages")
                    };
                    ensure!(size >= synthetic::FEWEST, "at least {} services", synthetic::FEWEST);
                    options.sizes.push(size);
                }
            }
        }
        if options.sizes.is_empty() {
            // `cargo test --benches` only wants to know that it runs.
            options.sizes = if benchmark { SIZES.to_vec() } else { vec![SIZES[0]] };
            options.runs = options.runs.or(if benchmark { None } else { Some(1) });
        }
        Ok(options)
    }
}

/// Runs this program once more on one core, if that can be done here. Its children stay there.
fn pinned(arguments: &[String]) -> anyhow::Result<bool> {
    let Some(core) = core() else { return Ok(false) };
    let this = env::current_exe().context("cannot find this program")?;
    let mut taskset = Command::new("taskset");
    taskset.args(["--cpu-list", &core]).arg(this).args(arguments).arg(PINNED);
    let Ok(status) = taskset.status() else { return Ok(false) };
    ensure!(status.success(), "the measurement failed ({status})");
    Ok(true)
}

/// The last core that this process may use: the first ones have more to do.
fn core() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let last = allowed.trim().rsplit([',', '-']).next()?;
    last.parse::<u32>().is_ok().then(|| last.to_owned())
}
