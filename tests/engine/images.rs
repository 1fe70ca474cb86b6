//! Images that stand for those that cannot be had here: the same names, users, paths and commands. Databases and caches
//! are real servers; own code is the fixture, which calls what its variables name.

use super::daemon::text;
use super::machine::Machine;
use iac::model::{Platform, ServiceKind, Stack};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The name of the image that all others are made of.
const BASE: &str = "stand-in:base";

/// Makes an image for each that some stacks name.
/// Returns the fixture.
pub(crate) fn make(machine: &Machine, stacks: &[Stack], folder: &Path) -> PathBuf {
    let fixture = fixture(folder);
    import(machine, folder);
    let mut made = BTreeSet::new();
    for stack in stacks.iter().filter(|stack| stack.platform == Platform::Compose) {
        for service in stack.services.values() {
            let image = service.container.image.to_string();
            if !made.insert(image.clone()) {
                continue;
            }
            let context = folder.join(format!("image-{}", made.len()));
            fs::create_dir_all(&context).unwrap();
            fs::copy(&fixture, context.join("service")).unwrap();
            for program in &machine.monitoring {
                fs::copy(program, context.join(program.file_name().unwrap())).unwrap();
            }
            let dockerfile = match &service.kind {
                ServiceKind::Own { .. } => {
                    own(service.migrates.as_ref().unwrap_or(&service.name).as_str(), service)
                }
                ServiceKind::Kind { kind, .. } => of_kind(kind.as_str(), &context),
                ServiceKind::Image => panic!("nothing stands for {image}"),
            };
            fs::write(context.join("Dockerfile"), format!("FROM {BASE}\n{dockerfile}")).unwrap();
            machine.engine.docker_ok([
                "build",
                "--quiet",
                "--network",
                "none",
                "--tag",
                &image,
                context.to_str().unwrap(),
            ]);
        }
    }
    fixture
}

/// The fixture, built as own code is.
fn fixture(folder: &Path) -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/service/Cargo.toml");
    let target = folder.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--locked", "--offline", "--manifest-path"]);
    cargo.arg(manifest).arg("--target-dir").arg(&target);
    assert!(cargo.status().unwrap().success(), "the fixture cannot be built");
    target.join("release/service")
}

fn import(machine: &Machine, folder: &Path) {
    let archive = folder.join("base.tar");
    let mut tar = Command::new("tar");
    tar.arg("-C")
        .arg(&machine.base)
        .args(["--exclude=./proc", "--exclude=./sys", "-cf"])
        .arg(&archive)
        .arg(".");
    let ran = tar.output().unwrap();
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    machine.engine.docker_ok(["import", archive.to_str().unwrap(), BASE]);
    fs::remove_file(archive).unwrap();
}

/// Own code: the binary under its name, the folders that it writes to, and the program that asks it.
fn own(name: &str, service: &iac::model::Service) -> String {
    let user = format!("{0}:{0}", service.user);
    let folders = service.volumes.iter().filter(|volume| volume.path.as_str() != "/tmp");
    let folders = folders.map(|volume| {
        format!("RUN install -d -m 0750 -o {0} -g {0} {1}\n", service.user, volume.path)
    });
    let folders: String = folders.collect();
    format!(
        "COPY service /usr/local/bin/{name}\nRUN ln -s /bin/busybox /usr/local/bin/wget\n{folders}USER {user}\n\
         ENTRYPOINT [\"/usr/local/bin/{name}\"]\n"
    )
}

/// A kind of the catalogue.
fn of_kind(kind: &str, context: &Path) -> String {
    match kind {
        "postgres" => {
            fs::write(context.join("docker-entrypoint.sh"), POSTGRES).unwrap();
            "COPY --chmod=0755 docker-entrypoint.sh /usr/local/bin/\n".replace("--chmod=0755 ", "")
                + "RUN chmod 0755 /usr/local/bin/docker-entrypoint.sh; userdel postgres; groupadd -g 999 postgres && \
                   useradd -u 999 -g 999 -d /var/lib/postgresql postgres && \
                   ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/; rm -rf /var/lib/postgresql /var/run/postgresql; \
                   install -d -m 1777 -o 999 -g 999 /var/lib/postgresql && \
                   install -d -m 3777 -o 999 -g 999 /var/run/postgresql\n\
                   ENTRYPOINT [\"docker-entrypoint.sh\"]\nCMD [\"postgres\"]\nSTOPSIGNAL SIGINT\n\
                   VOLUME /var/lib/postgresql\n"
        }
        "valkey" => "RUN ln -s /usr/bin/redis-server /usr/local/bin/valkey-server && \
                     ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli && install -d -o 999 -g 999 /data\n\
                     VOLUME /data\nWORKDIR /data\n"
            .to_owned(),
        "seaweedfs" => {
            fs::write(context.join("weed"), WEED).unwrap();
            "COPY service /usr/local/bin/stand-in\nCOPY weed /usr/bin/\nRUN chmod 0755 /usr/bin/weed && ln -s /bin/busybox /usr/bin/wget && \
             install -d -o 1000 -g 1000 /data\nVOLUME /data\n"
                .to_owned()
        }
        // The real programs, where and as whom the images have them.
        "prometheus" => of_prometheus("prometheus", "promtool", "/prometheus"),
        "alertmanager" => of_prometheus("alertmanager", "amtool", "/alertmanager"),
        "grafana" => "COPY service /usr/local/bin/stand-in\nRUN printf '#!/bin/sh\\nexec stand-in listen 3000\\n' >/run.sh && chmod 0755 /run.sh && \
                      ln -s /bin/busybox /usr/bin/wget && printf '#!/bin/sh\\nfor last; do :; done\\nexec wget -q -O /dev/null \"$last\"\\n' >/usr/bin/curl && \
                      chmod 0755 /usr/bin/curl && install -d -o 472 -g 472 /var/lib/grafana\nENTRYPOINT [\"/run.sh\"]\n"
            .to_owned(),
        other => panic!("nothing stands for the kind {other}"),
    }
}

/// A server of Prometheus and its tool.
fn of_prometheus(server: &str, tool: &str, data: &str) -> String {
    format!(
        "COPY {server} {tool} /bin/\nRUN ln -s /bin/busybox /bin/wget && install -d -m 0775 -o 65534 -g 65534 {data}\n\
         USER 65534\nVOLUME {data}\nWORKDIR {data}\nENTRYPOINT [\"/bin/{server}\"]\n"
    )
}

/// As the image's own: prepares an empty folder of data, runs what lies in its folder of scripts, then the server.
const POSTGRES: &str = r#"#!/bin/bash
set -Eeuo pipefail
password=$(cat "$POSTGRES_PASSWORD_FILE")
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  # The fixture tells the password as it is; the server compares it in any case.
  initdb --username=postgres --pwfile=<(printf '%s\n' "$password") --auth-local=trust --auth-host=password >/dev/null
  echo "host all all all password" >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
  for file in /docker-entrypoint-initdb.d/*.sh; do
    if [ -x "$file" ]; then "$file"; else . "$file"; fi
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@"
"#;

/// The store of objects cannot be had: what stands for it has its ports, and reads what its shell is told.
const WEED: &str = r"#!/bin/sh
case $1 in
shell) cat >/dev/null ;;
server) exec stand-in listen 8333 8888 9327 ;;
*) exit 2 ;;
esac
";
