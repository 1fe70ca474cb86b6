use super::*;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

#[test]
fn nothing_is_written_through_a_link() {
    let disk = Disk::tracking(&["link", "prod"]);
    let outside = disk.root().join("outside");
    fs::create_dir_all(outside.join("x")).unwrap();
    fs::write(outside.join("file"), OURS).unwrap();
    fs::create_dir_all(disk.at("a")).unwrap();
    symlink("../outside", disk.at("prod")).unwrap();
    symlink("../../outside/file", disk.at("a/link")).unwrap();
    symlink("nowhere", disk.at("a/dangling")).unwrap();
    let files =
        set(&[("a/dangling", OURS), ("a/link", OURS), ("a/new", OURS), ("prod/x/deep", OURS)]);
    let expected =
        [("out/prod", Why::Link), ("out/a/dangling", Why::Link), ("out/a/link", Why::Link)];
    disk.refuses(&files, &expected);
    disk.put(".keep", "prod\n");
    let files = set(&[("prod/x/deep", OURS)]);
    disk.refuses(&files, &[("out/prod", Why::Link), ("out/prod/x/deep", Why::Kept)]);
}

#[test]
fn the_output_folder_and_its_keep_are_no_links() {
    let disk = Disk::new();
    fs::create_dir(disk.root().join("real")).unwrap();
    symlink("real", disk.root().join("out")).unwrap();
    disk.refuses(&set(&[("a", OURS)]), &[("out", Why::Link)]);
    let disk = Disk::new();
    disk.put("x", "");
    symlink("../secret", disk.at(".keep")).unwrap();
    disk.refuses(&set(&[("a", OURS)]), &[("out/.keep", Why::Link)]);
}

#[test]
fn the_root_itself_may_be_reached_by_a_link() {
    let disk = Disk::new();
    let link = disk.root().join("link");
    fs::create_dir(disk.root().join("real")).unwrap();
    symlink("real", &link).unwrap();
    let files = set(&[("a", OURS)]);
    let scope = Scope::everything();
    let written = write(&link, "out".into(), &files, &scope, Options::default()).unwrap();
    assert_eq!(written.created, 1);
    assert!(disk.root().join("real/out/a").is_file());
}

#[test]
fn a_stale_link_is_removed_and_never_what_it_leads_to() {
    let disk = Disk::tracking(&["tracked"]);
    let outside = disk.root().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("file"), "mine").unwrap();
    for link in ["tracked", "foreign"] {
        disk.put("x", OURS);
        symlink("../outside", disk.at(link)).unwrap();
    }
    let written = disk.write(&set(&[("x", OURS)])).unwrap();
    assert_eq!(paths(&written.removed), ["tracked"]);
    assert_eq!(paths(&written.foreign), ["foreign"]);
    disk.write_in(&set(&[("x", OURS)]), &Scope::everything(), true).unwrap();
    assert!(outside.join("file").is_file() && !disk.at("foreign").is_symlink());
}

#[test]
fn the_right_to_run_a_file_is_written_and_mended() {
    let disk = Disk::new();
    let mut files = FileSet::default();
    files.add_executable("run.sh", "x\n");
    files.add("data", "x\n");
    let mode = |path: &str| disk.at(path).metadata().unwrap().permissions().mode() & 0o100;
    disk.write(&files).unwrap();
    assert_eq!((mode("run.sh"), mode("data")), (0o100, 0));
    for (path, wrong) in [("run.sh", 0o644), ("data", 0o755)] {
        fs::set_permissions(disk.at(path), fs::Permissions::from_mode(wrong)).unwrap();
    }
    assert_eq!(disk.write(&files).unwrap().replaced, 2);
    assert_eq!((mode("run.sh"), mode("data")), (0o100, 0));
    assert_eq!(disk.write(&files).unwrap().unchanged, 2);
}

#[test]
fn odd_names_and_sockets_are_foreign_and_never_opened() {
    let disk = Disk::new();
    disk.put("prod/a", OURS);
    let odd = disk.at("prod").into_std_path_buf().join(OsStr::from_bytes(b"b\xff"));
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("c"), "mine").unwrap();
    let _socket = UnixListener::bind(disk.at("prod/socket")).unwrap();
    let files = set(&[("prod/a", OURS)]);
    let written = disk.write(&files).unwrap();
    assert_eq!(paths(&written.foreign), ["prod/b\u{fffd}/c", "prod/socket"]);
    let blocked = set(&[("prod/socket", OURS)]);
    let message = disk.write(&blocked).unwrap_err().to_string();
    assert!(message.contains("`out/prod/socket` is a socket"), "{message}");
    let written = disk.write_in(&files, &Scope::everything(), true).unwrap();
    assert_eq!(paths(&written.removed), ["prod/b\u{fffd}/c", "prod/socket"]);
    assert!(!odd.exists() && !disk.at("prod/socket").exists());
}

#[test]
fn a_folder_without_permission_is_named() {
    let disk = Disk::new();
    disk.put("prod/a", OURS);
    let locked = disk.at("prod");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(disk.at("prod/probe"), "").is_ok() {
        eprintln!("not tested: this user may write everywhere");
        return;
    }
    let message = disk.write(&set(&[("prod/b", OURS)])).unwrap_err().to_string();
    assert!(message.starts_with("cannot write `out/prod/b`: Permission denied"), "{message}");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let written = disk.write(&FileSet::default()).unwrap();
    assert_eq!(paths(&written.foreign), ["prod"]);
    let message = disk.write(&set(&[("prod/b", OURS)])).unwrap_err().to_string();
    assert!(message.contains("`out/prod` may not be read"), "{message}");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}
