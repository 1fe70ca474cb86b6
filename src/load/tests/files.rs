//! Files and folders that have no meaning, two meanings, or the wrong form.

use super::{Disk, ENVIRONMENT};
use std::fs;

#[test]
fn a_small_project_is_read() {
    let disk = Disk::with(
        "about: x\nservices: { web: { image: a, files: { /f: { from: f }, /g: { from: /g } } } }\n",
    );
    disk.put("environments/shop/services/api.yaml", "image: a\n");
    disk.put("environments/shop/dev.yaml", "# nothing yet\n");
    disk.put("environments/shop/release.yaml", "");
    disk.put("environments/shop/files/f/b/c", "2");
    disk.put("environments/shop/files/f/a", "1");
    disk.put("g", "3");
    let (project, said) = disk.load();
    assert_eq!(said, Vec::<String>::new());
    let system = &project.systems["shop"];
    let texts = |from: &str| -> Vec<(&str, &str)> {
        system.texts[from].iter().map(|text| (text.below.as_str(), text.text.as_str())).collect()
    };
    assert_eq!(texts("f"), [("a", "1"), ("b/c", "2")]);
    assert_eq!(texts("/g"), [("", "3")]);
    assert_eq!(system.files["api"], "environments/shop/services/api.yaml");
    assert_eq!(system.files["web"], "environments/shop/system.yaml");
    assert!(system.overrides.contains_key("dev"));
}

#[test]
fn without_a_project() {
    let disk = Disk::empty();
    assert!(disk.load().1[0].starts_with("there is no folder `environments/` here"));
    fs::create_dir(disk.root()).unwrap();
    disk.says(&["there is no folder `environments/` here; help: go to a project, or start one \
                 with `iac init`"]);
    disk.put("environments/lock.yaml", "{}\n");
    disk.says(&["there is no environment in `environments/`; help: describe one in a file such \
                 as `environments/dev.yaml`"]);
    disk.put("environments/dev.yaml", ENVIRONMENT);
    disk.says(&["there is no system in `environments/`; help: describe one in a file such as \
                 `environments/shop/system.yaml`"]);
    let disk = Disk::empty();
    disk.put("environments", "");
    disk.says(&["there is no folder `environments/` here; help: go to a project, or start one \
                 with `iac init`"]);
}

#[test]
fn a_folder_where_a_file_is_expected() {
    let disk = Disk::new();
    for path in ["lock.yaml", "test.yaml", "shop/dev.yaml", "shop/release.yaml"] {
        fs::create_dir(disk.at("environments").join(path)).unwrap();
    }
    fs::create_dir_all(disk.at("environments/shop/services/web.yaml")).unwrap();
    fs::create_dir_all(disk.at("environments/shop/services/deeper")).unwrap();
    fs::create_dir_all(disk.at("environments/shop/extra")).unwrap();
    fs::create_dir_all(disk.at("environments/void/system.yaml")).unwrap();
    disk.says(&[
        "`environments/lock.yaml` is a folder, a file is expected; help: rename the folder",
        "`environments/shop/dev.yaml` is a folder, a file is expected; help: rename the folder",
        "`environments/shop/extra` has no meaning here; allowed: files, manifests, secrets, services; help: move \
         it out of `environments/`",
        "`environments/shop/release.yaml` is a folder, a file is expected; help: rename the folder",
        "`environments/shop/services/deeper` has no meaning here; help: only `.yaml` files are \
         read; texts that services mount go to `files/`",
        "`environments/shop/services/web.yaml` is a folder, a file is expected; help: rename the \
         folder",
        "`environments/test.yaml` is a folder, a file is expected; help: rename the folder",
        "`environments/void/system.yaml` is a folder, a file is expected; help: rename the folder",
    ]);
}

#[test]
fn a_file_where_a_folder_is_expected() {
    let disk = Disk::new();
    disk.put("environments/catalogue", "");
    disk.put("environments/shapes", "");
    disk.put("environments/shop/services", "");
    disk.put("environments/shop/files", "");
    let expected = ["catalogue", "shapes", "shop/files", "shop/services"].map(|path| {
        format!("`environments/{path}` is a file, a folder is expected; help: rename the file")
    });
    assert_eq!(disk.load().1, expected);
}

#[test]
fn files_that_would_be_overlooked() {
    let disk = Disk::empty();
    disk.put("environments/dev.yml", ENVIRONMENT);
    disk.put("environments/prod.yaml", ENVIRONMENT);
    disk.put("environments/README.md", "");
    disk.put("environments/.hidden.md", "");
    disk.put("environments/prod.yaml~", "");
    disk.put("environments/shop/system.yml", "about: x\n");
    disk.put("environments/shop/dev.yaml", "{}\n");
    disk.put("environments/shop/prd.yaml", "{}\n");
    disk.put("environments/shop/notes.txt", "");
    let only = "help: only `.yaml` files are read; texts that services mount go to `files/`";
    disk.says(&[
        &format!("`environments/README.md` has no meaning here; {only}"),
        "`environments/dev.yml` would not be read; help: rename it to `environments/dev.yaml`",
        &format!("`environments/shop/notes.txt` has no meaning here; {only}"),
        "`environments/shop/prd.yaml` is for the environment `prd`, which does not exist; \
         environments: dev, prod; help: did you mean `prod`?",
        "`environments/shop/system.yml` would not be read; help: rename it to \
         `environments/shop/system.yaml`",
    ]);
}

#[test]
fn a_file_that_cannot_be_read_is_no_reason_to_complain_about_others() {
    let disk = Disk::new();
    disk.put("environments/prod.yaml", "about: [\n");
    disk.put("environments/shop/prod.yaml", "servces: {}\n");
    disk.put("environments/void/system.yaml", "- a\n");
    disk.put("environments/void/prod.yaml", "fcts: {}\n");
    let (project, said) = disk.load();
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(said[0].starts_with("environments/prod.yaml:"));
    assert!(said[1].starts_with("environments/shop/prod.yaml:1:1: unknown key `servces`"));
    assert!(said[2].starts_with("environments/void/prod.yaml:1:1: unknown key `fcts`"));
    assert!(said[3].starts_with("environments/void/system.yaml:1:1: the file holds a list"));
    assert!(project.systems["void"].node.is_unknown());
    assert!(project.environments["prod"].is_unknown());
    assert!(project.systems["shop"].overrides["prod"].has_unknown());
}

#[test]
fn a_service_is_described_once() {
    let disk = Disk::with("about: x\nservices:\n  web: { image: a }\n");
    disk.put("environments/shop/services/web.yaml", "image: b\n");
    disk.says(&[
        "environments/shop/services/web.yaml:1:1: the service `web` is described twice \
         (environments/shop/system.yaml:3:3: it is described here too); help: keep one of the two",
    ]);
    // A `null` describes nothing.
    let disk = Disk::with("about: x\nservices: { web: null }\n");
    disk.put("environments/shop/services/web.yaml", "image: b\n");
    disk.says(&[]);
    let disk = Disk::with("about: x\nservices: null\n");
    disk.put("environments/shop/services/web.yaml", "image: b\n");
    let (project, said) = disk.load();
    assert_eq!(said, Vec::<String>::new());
    assert!(project.systems["shop"].node.at(&["services", "web", "image"]).is_some());
}

#[test]
fn names_that_cannot_be() {
    let disk = Disk::new();
    // These are folders of iac's own beside environments and systems only.
    disk.put("environments/shop/services/catalogue.yaml", "image: a\n");
    disk.put("environments/shop/services/shared.yaml", "image: a\n");
    disk.says(&[]);
    disk.put("environments/shop/services/Web_.yaml", "image: a\n");
    disk.put("environments/Shop/system.yaml", "about: x\n");
    for name in ["catalogue", "release", "shared", "system"] {
        disk.put(&format!("environments/{name}.yaml"), ENVIRONMENT);
    }
    disk.put("environments/catalogue/services.yaml", "about: x\n");
    let (_, said) = disk.load();
    assert_eq!(said.len(), 7, "{said:#?}");
    assert!(said[0].starts_with("`environments/Shop`: `Shop` is not a name"), "{}", said[0]);
    assert_eq!(
        said[1],
        "`environments/catalogue.yaml`: an environment cannot be called `catalogue`; the folder \
         `environments/catalogue/` bears this name; help: give the environment another name"
    );
    assert!(said[2].contains("a kind cannot be called `services`"), "{}", said[2]);
    assert!(said[3].contains("the file `release.yaml` of each system"), "{}", said[3]);
    assert!(said[4].contains("the folder `out/shared/`"), "{}", said[4]);
    assert!(said[5].starts_with("`environments/shop/services/Web_.yaml`: `Web_` is not"));
    assert!(said[6].contains("the file `system.yaml` of each system"), "{}", said[6]);
}

#[test]
fn files_that_are_too_large_or_no_text() {
    let disk = Disk::mounting("[a]");
    let file = fs::File::create(disk.at("environments/test.yaml")).unwrap();
    file.set_len((16 << 20) + 1).unwrap();
    disk.put("environments/shop/files/x", "");
    disk.put("environments/shop/release.yaml", b"web:\n  version: \"1\xff\"\n");
    let (_, said) = disk.load();
    assert_eq!(said.len(), 3, "{said:#?}");
    assert_eq!(said[0], "`environments/test.yaml` has 16777217 bytes; at most 16777216 are read");
    assert!(said[1].starts_with("environments/shop/release.yaml:2:14: "), "{}", said[1]);
    assert!(said[2].contains("expected text, found a list"), "{}", said[2]);
}

#[test]
fn what_is_mounted_is_a_text_of_the_project() {
    let at = "environments/shop/system.yaml:2:51: ";
    let says = |from: &str, put: Option<&[u8]>, expected: &str| {
        let disk = Disk::mounting(from);
        if let Some(content) = put {
            disk.put("environments/shop/files/a", content);
        }
        disk.says(&[&format!("{at}{expected}")]);
    };
    let leaves = "leaves its folder; help: name a file below it, without `..`";
    says("../a", None, &format!("`../a` {leaves}"));
    says("b/../../a", None, &format!("`b/../../a` {leaves}"));
    says("/..", None, &format!("`/..` {leaves}"));
    says("\"\"", None, "`from` names no file; help: name a file in the system's folder `files/`");
    says("//", None, "`//` is the whole repository; help: name a file or a folder in it");
    says("a\\b", None, "`a\\b` is not a path: it contains `\\`; help: write `a/b`");
    let nowhere =
        |path: &str| format!("there is no file `{path}`; help: create it, or mend the name");
    says("a", None, &nowhere("environments/shop/files/a"));
    says("/a", None, &nowhere("a"));
    says("a/b", Some(b"x"), &nowhere("environments/shop/files/a/b"));
    let long = "x".repeat(300);
    says(&long, None, &nowhere(&format!("environments/shop/files/{long}")));
    says(
        "a",
        Some(b"x\n\xffy"),
        "`environments/shop/files/a` is not a text in UTF-8; line 2 is \
         the first that is not; help: only texts can be mounted; put binaries into the image",
    );
    says(
        "a",
        Some(b"x\0"),
        "`environments/shop/files/a` holds the character U+0000; help: remove \
         it; no target can carry it",
    );
    says(
        "a",
        Some("x\u{e000}".as_bytes()),
        "`environments/shop/files/a` holds the character \
         U+E000; help: remove it; no target can carry it",
    );
}

#[test]
fn a_folder_that_is_mounted_has_an_end() {
    let disk = Disk::mounting("a");
    let deep = "d/".repeat(500);
    disk.put(&format!("environments/shop/files/a/{deep}x"), "x");
    let (project, said) = disk.load();
    assert_eq!(said, Vec::<String>::new());
    assert_eq!(project.systems["shop"].texts["a"][0].below, format!("{deep}x"));
    let disk = Disk::mounting("/a");
    for number in 0..1001 {
        disk.put(&format!("a/{number}"), "");
    }
    disk.says(&["environments/shop/system.yaml:2:51: `a` is too large to be mounted; allowed: \
                 1000 files, 16 MiB; help: name a smaller folder, or put the files into the image"]);
}

#[test]
fn a_missing_text_is_told_wherever_it_is_asked_for() {
    let disk = Disk::with(
        "about: x\nservices:\n  a: { image: a, files: { /f: { from: f } } }\n  \
         b: { image: a, files: { /f: { from: f } } }\n",
    );
    let said = disk.load().1;
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("environments/shop/system.yaml:3:"));
    assert!(said[1].starts_with("environments/shop/system.yaml:4:"));
}

#[test]
fn texts_of_a_shape_are_read_where_the_shape_is_used() {
    let disk = Disk::with("about: x\nservices: { web: { image: a, shape: logged } }\n");
    disk.put("environments/shapes/logged.yaml", "files: { /f: { from: log.conf } }\n");
    disk.put("environments/other/system.yaml", "about: x\n");
    disk.says(&["environments/shapes/logged.yaml:1:22: there is no file \
         `environments/shop/files/log.conf`; help: create it, or mend the name"]);
    disk.put("environments/shop/files/log.conf", "x");
    disk.says(&[]);
}
