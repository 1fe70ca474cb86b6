//! Where the time goes inside one process: the stages by themselves, without the start of a
//! program and the writing of files.

use crate::measure::median;
use crate::table::{milliseconds, ratio};
use crate::{project, synthetic};
use anyhow::{Context, ensure};
use camino::Utf8Path;
use iac::check::{Expected, Objects, check, read_back};
use iac::model::Stack;
use std::time::{Duration, Instant};

/// The stages in their order.
///
/// The checks on the description are a part of `resolve`; those on the written files are the last
/// two.
const STAGES: [&str; 5] = ["load", "resolve", "generate", "read back", "rules"];

/// How often each is run.
const RUNS: usize = 9;

/// Prints what each stage takes for each number of services.
pub(crate) fn print(sizes: &[usize]) -> anyhow::Result<()> {
    println!("stage       services       best     median   per service   growth per service");
    let mut earlier: [Option<f64>; STAGES.len() + 1] = [None; STAGES.len() + 1];
    for &services in sizes {
        let times = times(services)?;
        let whole: Vec<Duration> =
            (0..RUNS).map(|run| times.iter().map(|all| all[run]).sum()).collect();
        let names = STAGES.iter().copied().chain(["together"]);
        for (index, (name, all)) in names.zip(times.iter().chain([&whole])).enumerate() {
            let best = all.iter().min().copied().unwrap_or_default();
            let each = ratio(best, Duration::from_micros(1)) / ratio_of(services);
            let growth =
                earlier[index].map_or_else(String::new, |earlier| format!("{:.2}", each / earlier));
            earlier[index] = Some(each);
            println!(
                "{name:<10} {services:>9} {:>10} {:>10} {:>13} {growth:>20}",
                milliseconds(best),
                milliseconds(median(all)),
                format!("{each:.1} us"),
            );
        }
    }
    Ok(())
}

/// The times of every run, by stage.
fn times(services: usize) -> anyhow::Result<Vec<Vec<Duration>>> {
    let folder = project::folder()?;
    synthetic::write(folder.path(), services).context("cannot write the project")?;
    let root = Utf8Path::from_path(folder.path()).context("the folder's path is not in UTF-8")?;
    let mut all = vec![Vec::new(); STAGES.len()];
    for _ in 0..RUNS {
        let start = Instant::now();
        let (project, mut findings) = iac::load::load(root)?;
        all[0].push(start.elapsed());
        let start = Instant::now();
        let (resolved, more) = iac::resolve::resolve(&project);
        all[1].push(start.elapsed());
        findings.extend(more);
        ensure!(findings.is_empty(), "the project is not sound: {:?}", findings[0]);
        ensure!(!resolved.stacks.is_empty(), "the project has no stack");
        let stacks: Vec<&Stack> = resolved.stacks.iter().collect();
        let start = Instant::now();
        let (files, findings) = iac::generate::generate(&project, &stacks);
        all[2].push(start.elapsed());
        ensure!(findings.is_empty(), "the project is not sound: {:?}", findings[0]);
        let (mut reading, mut asking) = (Duration::ZERO, Duration::ZERO);
        for environment in resolved.environments.keys() {
            let start = Instant::now();
            let own = files.iter().filter(|(path, _)| path.starts_with(environment));
            let (objects, broken) = read_back(own.map(|(path, file)| (path, file.text.as_str())));
            reading += start.elapsed();
            ensure!(broken.is_empty(), "unreadable: {}", broken[0].1);
            let start = Instant::now();
            let here = stacks.iter().filter(|stack| stack.environment.name.as_str() == environment);
            let expected = Expected::of(here.copied());
            let problems = check(&Objects::new(&objects, &expected));
            asking += start.elapsed();
            ensure!(problems.is_empty(), "the files are not sound: {:?}", problems[0]);
        }
        all[3].push(reading);
        all[4].push(asking);
    }
    Ok(all)
}

fn ratio_of(services: usize) -> f64 {
    f64::from(u32::try_from(services).unwrap_or(u32::MAX))
}
