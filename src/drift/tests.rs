#![allow(clippy::disallowed_methods, reason = "tests prepare the disk")]

use super::*;

struct Disk {
    guard: tempfile::TempDir,
}

impl Disk {
    fn new() -> Self {
        Self { guard: tempfile::tempdir().unwrap() }
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.guard.path()).unwrap()
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join("out").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn drift(&self, files: &FileSet, tracked: &[&str]) -> Vec<(String, DriftKind)> {
        self.drift_in(files, tracked, &Scope::everything())
    }

    fn drift_in(
        &self,
        files: &FileSet,
        tracked: &[&str],
        scope: &Scope,
    ) -> Vec<(String, DriftKind)> {
        let ownership = Ownership::read(self.root(), "out".into())
            .unwrap()
            .with_tracked(tracked.iter().map(Utf8PathBuf::from).collect());
        drift_with(self.root(), "out".into(), files, scope, &ownership)
            .unwrap()
            .into_iter()
            .map(|drift| (drift.path.into_string(), drift.kind))
            .collect()
    }
}

fn one(text: &str) -> FileSet {
    let mut files = FileSet::default();
    files.add("prod/a", text);
    files
}

fn changed(line: usize, found: Option<&str>, expected: Option<&str>) -> DriftKind {
    DriftKind::Changed { line, found: found.map(Into::into), expected: expected.map(Into::into) }
}

#[test]
fn each_change_is_seen_at_its_line() {
    let text = "one\ntwo\nthree\n";
    let cases: [(&[u8], DriftKind); 11] = [
        (b"one\ntwo\nthree", changed(3, Some("three"), Some("three\n"))),
        (b"one\ntwo\n", changed(3, None, Some("three\n"))),
        (b"", changed(1, None, Some("one\n"))),
        (b"one\ntwo\nthree\n\0", changed(4, Some("\0"), None)),
        (b"one\ntwo\nthree\n\n", changed(4, Some("\n"), None)),
        (b"one\r\ntwo\r\nthree\r\n", changed(1, Some("one\r\n"), Some("one\n"))),
        (b"one\nt\xffo\nthree\n", changed(2, Some("t\u{fffd}o\n"), Some("two\n"))),
        (b"one\ntwo \nthree\n", changed(2, Some("two \n"), Some("two\n"))),
        (b"\xef\xbb\xbfone\ntwo\nthree\n", changed(1, Some("\u{feff}one\n"), Some("one\n"))),
        (b"one\n\ntwo\nthree\n", changed(2, Some("\n"), Some("two\n"))),
        (b"one\nthree\n", changed(2, Some("three\n"), Some("two\n"))),
    ];
    let disk = Disk::new();
    for (bytes, kind) in cases {
        disk.put("prod/a", bytes);
        assert_eq!(disk.drift(&one(text), &[]), [("prod/a".to_owned(), kind)]);
    }
    disk.put("prod/a", text.as_bytes());
    assert_eq!(disk.drift(&one(text), &[]), []);
}

#[test]
fn any_one_byte_that_changes_is_seen() {
    let text = "ab\n\ncd\n";
    let disk = Disk::new();
    for at in 0..text.len() {
        for with in [0, b'\n', b'z', 0xff] {
            let mut bytes = text.as_bytes().to_vec();
            let before = std::mem::replace(&mut bytes[at], with);
            if before == with {
                continue;
            }
            disk.put("prod/a", &bytes);
            let drift = disk.drift(&one(text), &[]);
            let line = text[..at].matches('\n').count() + 1;
            assert!(
                matches!(drift[..], [(_, DriftKind::Changed { line: seen, .. })] if seen == line),
                "{at} {with}: {drift:?}"
            );
        }
    }
}

#[test]
fn stale_is_drift_only_when_git_tracks_it_and_the_run_speaks_for_it() {
    let disk = Disk::new();
    disk.put("prod/a", b"x\n");
    for path in
        ["prod/old", "prod/notes", "dev/old", ".gitignore", "kept/x", "prod/.iac-abcdefABCD12.tmp"]
    {
        disk.put(path, b"");
    }
    disk.put(".keep", b"/kept/\n");
    let tracked = ["prod/a", "prod/old", "dev/old", ".keep", "kept/x"];
    let scope = Scope::of(["prod/"]);
    let expected =
        [("prod/notes".to_owned(), DriftKind::Foreign), ("prod/old".to_owned(), DriftKind::Stale)];
    assert_eq!(disk.drift_in(&one("x\n"), &tracked, &scope), expected);
    let foreign = Drift { path: "x".into(), is_published: false, kind: DriftKind::Foreign };
    assert!(!foreign.is_drift());
}

#[test]
fn an_absent_folder_lacks_every_file_and_git_is_not_needed() {
    let disk = Disk::new();
    let found = drift(disk.root(), "out".into(), &one("x\n"), &Scope::everything()).unwrap();
    assert_eq!(
        found,
        [Drift { path: "prod/a".into(), is_published: false, kind: DriftKind::Missing }]
    );
    assert!(!disk.root().join("out").exists());
}

#[test]
fn what_lies_in_the_way_is_named_once() {
    let disk = Disk::new();
    disk.put("prod/a/x", b"");
    assert_eq!(disk.drift(&one("x\n"), &["prod/a/x"])[0], ("prod/a".into(), DriftKind::NotAFile));
    let disk = Disk::new();
    disk.put("prod", b"");
    let mut files = one("x\n");
    files.add("prod/b/c", "x\n");
    assert_eq!(disk.drift(&files, &["prod"]), [("prod".into(), DriftKind::NotAFile)]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_lost_mode_is_seen() {
        let disk = Disk::new();
        let mut files = FileSet::default();
        files.add_executable("run.sh", "x\n");
        files.add("data", "x\n");
        disk.put("run.sh", b"x\n");
        disk.put("data", b"x\n");
        assert_eq!(disk.drift(&files, &[]), [("run.sh".into(), DriftKind::Mode)]);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(disk.root().join("out/run.sh"), mode).unwrap();
        assert_eq!(disk.drift(&files, &[]), []);
    }

    #[test]
    fn no_link_is_read() {
        let disk = Disk::new();
        disk.put("prod/b", b"x\n");
        symlink("b", disk.root().join("out/prod/a")).unwrap();
        let drift = disk.drift(&one("x\n"), &["prod/b"]);
        assert_eq!(
            drift,
            [("prod/a".into(), DriftKind::NotAFile), ("prod/b".into(), DriftKind::Stale)]
        );

        let disk = Disk::new();
        std::fs::create_dir(disk.root().join("real")).unwrap();
        symlink("real", disk.root().join("out")).unwrap();
        let error =
            super::super::drift(disk.root(), "out".into(), &one("x\n"), &Scope::everything());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("`out` is a symbolic link"), "{error}");
    }
}
