//! Links, pipes, and names that are no text.
#![cfg(unix)]

use super::{Disk, ENVIRONMENT};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

const OUT: &str = "is a link that leads out of the project; help: only files of the project are \
                   read: copy what is meant into it";
const NOTHING: &str = "is a link to nothing; help: remove the link, or create what it points to";
const ITSELF: &str = "is a link to itself; help: replace the link by what is meant";
const FROM: &str = "environments/shop/system.yaml:2:51: ";

#[test]
fn links_inside_the_project_are_followed() {
    let disk = Disk::mounting("/linked");
    disk.put("real/a", "1");
    symlink("real", disk.at("linked")).unwrap();
    symlink("dev.yaml", disk.at("environments/test.yaml")).unwrap();
    symlink("shop", disk.at("environments/other")).unwrap();
    let (project, said) = disk.load();
    assert_eq!(said, Vec::<String>::new());
    assert!(project.environments.contains_key("test"));
    assert_eq!(project.systems["other"].texts["/linked"][0].text, "1");
}

#[test]
fn the_root_itself_may_be_reached_by_a_link() {
    let disk = Disk::new();
    let link = disk.root().with_file_name("link");
    symlink("project", &link).unwrap();
    let (project, findings) = super::load(&link).unwrap();
    assert_eq!(findings, []);
    assert!(project.systems.contains_key("shop"));
}

#[test]
fn nothing_outside_the_project_is_read() {
    let disk = Disk::mounting("/secret");
    let outside = disk.root().with_file_name("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "hunter2").unwrap();
    fs::write(outside.join("env.yaml"), ENVIRONMENT).unwrap();
    symlink("../outside/secret", disk.at("secret")).unwrap();
    symlink(outside.join("env.yaml"), disk.at("environments/test.yaml")).unwrap();
    symlink("../../outside", disk.at("environments/far")).unwrap();
    let (project, said) = disk.load();
    assert_eq!(
        said,
        [
            format!("`environments/far` {OUT}"),
            format!("`environments/test.yaml` {OUT}"),
            format!("{FROM}`secret` {OUT}"),
        ]
    );
    assert!(project.systems["shop"].texts.is_empty());
    let all = format!("{project:?}");
    assert!(!all.contains("hunter2"));

    // By way of a folder, and of a neighbour whose name begins like the project's.
    let disk = Disk::mounting("/far/secret");
    let outside = disk.root().with_file_name("project-two");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "hunter2").unwrap();
    symlink("../project-two", disk.at("far")).unwrap();
    disk.says(&[&format!("{FROM}`far/secret` {OUT}")]);
}

#[test]
fn links_to_nothing_and_to_themselves() {
    let disk = Disk::mounting("/a");
    symlink("a", disk.at("a")).unwrap();
    symlink("nothing", disk.at("environments/test.yaml")).unwrap();
    symlink("prod.yaml", disk.at("environments/prod.yaml")).unwrap();
    fs::create_dir(disk.at("environments/shop/services")).unwrap();
    symlink("nothing", disk.at("environments/shop/services/web.yaml")).unwrap();
    disk.says(&[
        &format!("`environments/prod.yaml` {ITSELF}"),
        &format!("`environments/shop/services/web.yaml` {NOTHING}"),
        &format!("`environments/test.yaml` {NOTHING}"),
        &format!("{FROM}`a` {ITSELF}"),
    ]);
    let disk = Disk::empty();
    fs::create_dir(disk.root()).unwrap();
    symlink("environments", disk.at("environments")).unwrap();
    disk.says(&[&format!("`environments` {ITSELF}")]);
}

#[test]
fn folders_that_hold_themselves() {
    let disk = Disk::mounting("a");
    disk.put("environments/shop/files/a/b/x", "1");
    symlink("../..", disk.at("environments/shop/files/a/b/up")).unwrap();
    symlink(".", disk.at("environments/shop/files/a/here")).unwrap();
    symlink("b", disk.at("environments/shop/files/a/again")).unwrap();
    let said = disk.load().1;
    assert!(!said.is_empty() && said.len() < 10, "{said:#?}");
    assert!(said.iter().all(|said| said.ends_with(ITSELF)), "{said:#?}");
    assert!(said.contains(&format!("{FROM}`environments/shop/files/a/here` {ITSELF}")));
}

#[test]
fn only_regular_files_are_read() {
    let disk = Disk::mounting("/socket");
    // A pipe would keep the program waiting; a socket is told by the same words.
    let _socket = UnixListener::bind(disk.at("socket")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(disk.at("environments/test.yaml")).status();
    assert!(made.unwrap().success());
    let what = "is not a regular file; help: replace it by a file";
    disk.says(&[&format!("`environments/test.yaml` {what}"), &format!("{FROM}`socket` {what}")]);
}

#[test]
fn names_that_are_not_utf_8() {
    let disk = Disk::mounting("a");
    disk.put("environments/shop/files/a/b", "");
    let name = OsStr::from_bytes(b"x\xff.yaml");
    for folder in ["environments", "environments/shop", "environments/shop/files/a"] {
        fs::write(disk.at(folder).as_std_path().join(name), "").unwrap();
    }
    disk.says(&[
        "the name of `environments/shop/files/a/x\u{fffd}.yaml` is not UTF-8; help: rename it",
        "the name of `environments/shop/x\u{fffd}.yaml` is not UTF-8; help: rename it",
        "the name of `environments/x\u{fffd}.yaml` is not UTF-8; help: rename it",
    ]);
}
