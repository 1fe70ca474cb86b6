//! A fixture of every other language: real toolchains build those of Go, Node.js and Python; what cannot be had of Java and
//! .NET is stood in for by scripts that write what they would, and by a program that needs it.

use crate::builder::Builder;
use crate::daemon::{Engine, text};
use crate::support::{self, Project};
use crate::{inspect, runs_well};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ENVIRONMENT: &str = "\
about: Development
targets: [compose]
domain: localhost
registry: { host: ghcr.io/example }
";

/// Each language, and where its program lies in the image. Go comes first: its program stands for the runtimes that cannot
/// be had.
const LANGUAGES: &[(&str, &str)] = &[
    ("go", "/usr/local/bin/of-go"),
    ("node", "/app"),
    ("python", "/app"),
    ("java", "/app"),
    ("dotnet", "/app"),
];

fn project() -> Project {
    let mut system = "about: A shop in many tongues\nservices:\n".to_owned();
    for (language, _) in LANGUAGES {
        system.push_str(&format!(
            "  of-{language}:
    build: {{ context: services/{language}, language: {language} }}
    ports: {{ http: 8080 }}
    health: {{ ready: /ready, starts-within: 20s }}
    volumes: {{ data: {{ path: /var/lib/shop, size: 1Gi }} }}
    stop-within: 10s
"
        ));
    }
    let project = Project::of(&[
        ("environments/dev.yaml", ENVIRONMENT),
        ("environments/shop/system.yaml", &system),
        ("environments/lock.yaml", "iac: \"0.1\"\nimages: {}\n"),
    ]);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/languages");
    for (language, _) in LANGUAGES {
        let folder = camino::Utf8PathBuf::from_path_buf(fixtures.join(language)).unwrap();
        support::copy(&folder, &project.path(&format!("services/{language}")));
    }
    // What an image must not hold.
    for (language, _) in LANGUAGES {
        project.write(&format!("services/{language}/dev.env"), "PASSWORD=secret\n");
    }
    project.iac(&["render"]).ends(0);
    project
}

#[test]
fn every_language_is_built_and_runs() {
    let Some(builder) = Builder::new() else { return };
    let Some(engine) = Engine::start() else { return };
    let project = project();
    let kept = tempfile::tempdir().unwrap();
    let mut program: Option<PathBuf> = None;
    for (language, place) in LANGUAGES {
        let image = format!("localhost/of-{language}:1");
        let folder = format!("out/shared/shop/docker/of-{language}");
        let dockerfile = project.read(&format!("{folder}/Dockerfile"));
        builder.make_bases(&dockerfile, program.as_deref());
        let context = project.path(&format!("services/{language}"));
        let archive = builder.build(&image, &context, &project.path(&folder));
        engine.docker_ok(["load", "--input", archive.to_str().unwrap()]);
        assert_eq!(inspect(&engine, &image)["Config"]["User"], "65532:65532", "{language}");
        let inside = taken(&engine, &image, place, kept.path());
        belongs_to_root(language, &inside);
        runs_well(&engine, &image, "/var/lib/shop");
        if *language == "go" {
            program = Some(inside.join("of-go"));
        }
    }
}

/// What lies at a path of an image, taken out of it into a folder.
fn taken(engine: &Engine, image: &str, path: &str, kept: &Path) -> PathBuf {
    let id = engine.docker_ok(["create", image]);
    let archive = kept.join("archive.tar");
    let copied = engine.docker(["cp", &format!("{id}:{path}"), "-"]);
    assert!(copied.status.success(), "{image}: {}", text(&copied.stderr));
    fs::write(&archive, copied.stdout).unwrap();
    let folder = kept.join(image.replace([':', '/'], "-"));
    fs::create_dir(&folder).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("-xpf").arg(&archive).arg("-C").arg(&folder).args(["--same-owner", "--numeric-owner"]);
    assert!(tar.status().unwrap().success());
    folder
}

/// Nobody but root can change a program, everybody can read it, and it holds nothing that must not be there.
fn belongs_to_root(language: &str, folder: &Path) {
    use std::os::unix::fs::MetadataExt;
    let mut open = vec![folder.to_owned()];
    let mut files = 0;
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let about = fs::symlink_metadata(&path).unwrap();
            let shown = path.strip_prefix(folder).unwrap().display();
            assert_ne!(
                path.extension().and_then(|it| it.to_str()),
                Some("env"),
                "{language}: {shown}"
            );
            assert_eq!((about.uid(), about.gid()), (0, 0), "{language}: {shown}");
            assert_eq!(about.mode() & 0o022, 0, "{language}: {shown} can be changed");
            assert_eq!(about.mode() & 0o004, 0o004, "{language}: {shown} cannot be read");
            if about.is_dir() {
                open.push(path);
            } else {
                files += 1;
            }
        }
    }
    assert!(files > 0, "{language}");
}
