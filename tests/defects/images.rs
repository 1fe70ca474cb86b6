//! Dockerfiles.

use crate::Row::{self, Absent, Decided, Refused, Waits};
use crate::out::Out;

pub(crate) const ROWS: &[(&str, Row)] = &[
    ("DF-01", Absent(dependencies_are_cooked_from_a_recipe)),
    ("DF-02", Absent(the_builder_is_young)),
    ("DF-03", Absent(no_distribution_that_has_ended)),
    ("DF-04", Refused("image-base")),
    ("DF-05", Absent(no_check_needs_what_is_not_there)),
    ("DF-06", Refused("image-user")),
    ("DF-07", Absent(no_user_is_made)),
    ("DF-08", Absent(programs_belong_to_root)),
    ("DF-09", Refused("image-folders")),
    ("DF-10", Absent(no_configuration_is_inside)),
    ("DF-11", Absent(every_base_has_a_digest)),
    ("DF-12", Absent(nothing_is_installed_by_apt)),
    ("DF-13", Absent(cargo_is_locked)),
    ("DF-14", Absent(words_are_in_upper_case)),
    ("DF-15", Absent(checks_and_caches_are_on)),
    (
        "DF-16",
        Decided("STOPSIGNAL says what is sent; a program must handle it, and Compose adds init"),
    ),
    ("DF-17", Absent(labels_say_where_it_comes_from)),
    ("DF-18", Refused("image-health")),
    ("DF-19", Absent(debug_information_is_stripped)),
    ("DF-20", Waits("tools of verifiers are not there yet")),
];

/// Every Dockerfile of out/ with its path.
fn dockerfiles(out: &Out) -> Vec<(String, String)> {
    let files = out.texts.iter().filter(|(path, _)| path.ends_with("Dockerfile"));
    let found: Vec<_> =
        files.map(|(path, text)| (path.display().to_string(), text.clone())).collect();
    assert!(found.len() > 5, "there are no Dockerfiles");
    found
}

/// Fails with the Dockerfiles of which something does not hold.
fn all(out: &Out, what: &str, holds: impl Fn(&str) -> bool) {
    let dockerfiles = dockerfiles(out);
    let bad: Vec<&str> = dockerfiles
        .iter()
        .filter(|(_, text)| !holds(text))
        .map(|(path, _)| path.as_str())
        .collect();
    assert!(bad.is_empty(), "{what}: {}", bad.join(", "));
}

fn dependencies_are_cooked_from_a_recipe(out: &Out) {
    all(out, "dependencies are built without sources", |text| {
        let cook = text.find("cargo chef cook").unwrap_or(usize::MAX);
        text.find("COPY --from=planner /src/recipe.json").is_some_and(|recipe| recipe < cook)
    });
}

fn the_builder_is_young(out: &Out) {
    all(out, "the builder is older than its lock files", |text| {
        let minor = text.split("library/rust:1.").nth(1).and_then(|rest| rest.split('.').next());
        minor.and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor >= 85)
    });
}

fn no_distribution_that_has_ended(out: &Out) {
    all(out, "a distribution has ended", |text| {
        !["bullseye", "buster", "bookworm", "debian11", "debian12", "libssl1"]
            .iter()
            .any(|old| text.contains(old))
    });
}

fn no_check_needs_what_is_not_there(out: &Out) {
    all(out, "a check needs what is not there", |text| {
        let copies = text.contains("/bin/busybox /usr/local/bin/wget");
        !text.contains("curl") && (!text.contains("CMD [\"/usr/local/bin/wget\"") || copies)
    });
}

fn no_user_is_made(out: &Out) {
    all(out, "a user is made", |text| !text.contains("useradd") && !text.contains("adduser"));
}

fn programs_belong_to_root(out: &Out) {
    all(out, "a program can be written to", |text| !text.contains("chown -R"));
    all(out, "a program has other rights", |text| text.contains("install -D -m 0555 "));
}

fn no_configuration_is_inside(out: &Out) {
    all(out, "configuration is inside", |text| {
        let runtime = text.split("AS runtime").nth(1).unwrap_or_default();
        let copies = runtime.lines().filter(|line| line.starts_with("COPY"));
        copies.clone().count() > 0 && copies.clone().all(|line| line.contains("--from="))
    });
    let ignored = out.texts.iter().filter(|(path, _)| path.ends_with("Dockerfile.dockerignore"));
    for (path, text) in ignored {
        assert!(text.contains("**/.git\n") && text.contains("**/*.env\n"), "{}", path.display());
    }
}

fn every_base_has_a_digest(out: &Out) {
    all(out, "a base has no digest", |text| {
        let froms = text.lines().filter_map(|line| line.strip_prefix("FROM "));
        let mut bases = froms.filter(|from| !from.starts_with("chef "));
        bases.all(|from| from.contains("@sha256:"))
    });
}

fn nothing_is_installed_by_apt(out: &Out) {
    all(out, "something is installed", |text| {
        !text.contains("apt-get") && !text.contains("apk add")
    });
}

fn cargo_is_locked(out: &Out) {
    all(out, "cargo is not locked", |text| {
        let cargo = text.lines().filter(|line| {
            ["cargo build", "cargo chef cook", "cargo install"].iter().any(|it| line.contains(it))
        });
        cargo.clone().count() == 3 && cargo.clone().all(|line| line.contains("--locked"))
    });
}

fn words_are_in_upper_case(out: &Out) {
    all(out, "a word is in lower case", |text| {
        let froms = text.lines().filter(|line| line.to_uppercase().starts_with("FROM "));
        froms.clone().all(|line| line.starts_with("FROM ") && line.contains(" AS "))
    });
}

fn checks_and_caches_are_on(out: &Out) {
    all(out, "checks or caches are off", |text| {
        text.starts_with("# syntax=docker/dockerfile:1\n# check=error=true\n")
            && text.contains("--mount=type=cache,target=/usr/local/cargo/registry")
    });
    let paths: Vec<String> = out.texts.iter().map(|(path, _)| path.display().to_string()).collect();
    for (path, _) in dockerfiles(out) {
        assert!(paths.contains(&format!("{path}.dockerignore")), "{path}");
    }
}

fn labels_say_where_it_comes_from(out: &Out) {
    all(out, "a label is missing", |text| {
        ["title", "version", "revision", "created"]
            .iter()
            .all(|name| text.contains(&format!("org.opencontainers.image.{name}=")))
    });
}

fn debug_information_is_stripped(out: &Out) {
    all(out, "debug information stays", |text| {
        text.contains("ENV CARGO_PROFILE_RELEASE_STRIP=symbols\n")
    });
}
