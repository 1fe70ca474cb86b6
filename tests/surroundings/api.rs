//! The API server, for who plays a part of the cluster: by HTTP, through `kubectl proxy`.

use crate::cluster::program::Program;
use crate::cluster::{Cluster, PATIENCE};
use camino::Utf8Path;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Who may do everything, without a process for each request.
pub(crate) struct Api {
    _proxy: Program,
    agent: ureq::Agent,
    url: String,
}

/// The answers of a cluster are long: all its pods at once.
const LONGEST: u64 = 64 * 1024 * 1024;

impl Api {
    pub(crate) fn start(cluster: &Cluster) -> Self {
        let kubeconfig = cluster.control_plane.kubeconfig();
        let folder = Utf8Path::from_path(cluster.folder.path()).unwrap();
        let arguments = ["proxy", "--port=0", "--address=127.0.0.1"].map(ToOwned::to_owned);
        let arguments = [&arguments[..], &[format!("--kubeconfig={kubeconfig}")]].concat();
        let mut proxy = Program::start(&cluster.kubectl, &arguments, folder);
        let address = address(&mut proxy);
        let configuration = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        Self {
            _proxy: proxy,
            agent: configuration.build().into(),
            url: format!("http://{address}"),
        }
    }

    /// An object, or nothing if it is not there.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Option<T> {
        let (status, text) = answer(path, || self.agent.get(self.at(path)).call());
        match status {
            200 => Some(parse(path, &text)),
            404 => None,
            _ => panic!("GET {path}: {status}\n{text}"),
        }
    }

    /// All objects of a path; none where the server does not know the kind.
    pub(crate) fn list<T: DeserializeOwned>(&self, path: &str) -> Vec<T> {
        #[derive(serde::Deserialize)]
        struct List<T> {
            items: Vec<T>,
        }
        self.get::<List<T>>(path).map(|list| list.items).unwrap_or_default()
    }

    /// All objects of a path, each with the type that a list says once for all.
    pub(crate) fn objects(&self, path: &str) -> Vec<Value> {
        let Some(mut list) = self.get::<Value>(path) else { return Vec::new() };
        let kind = list["kind"].as_str().unwrap_or_default().trim_end_matches("List").to_owned();
        let version = list["apiVersion"].clone();
        let Value::Array(mut items) = list["items"].take() else { return Vec::new() };
        for item in &mut items {
            item["kind"] = Value::from(kind.clone());
            item["apiVersion"] = version.clone();
        }
        items
    }

    /// Creates an object or changes what this tells of it. False if its place has gone meanwhile:
    /// an object of that name is another one now, or its namespace ends.
    pub(crate) fn apply(&self, path: &str, object: &Value) -> bool {
        let at = self.at(&format!("{path}?fieldManager=fake&force=true"));
        let answer = answer(path, || {
            let request = self.agent.patch(&at).content_type("application/apply-patch+yaml");
            request.send(object.to_string())
        });
        done("PATCH", path, answer)
    }

    /// Creates an object below a collection, under conditions as for `apply`.
    pub(crate) fn create(&self, path: &str, object: &Value) -> bool {
        let answer = answer(path, || {
            let request = self.agent.post(self.at(path)).content_type("application/json");
            request.send(object.to_string())
        });
        done("POST", path, answer)
    }

    /// Ends an object at once.
    pub(crate) fn delete(&self, path: &str) {
        let at = self.at(&format!("{path}?gracePeriodSeconds=0"));
        done("DELETE", path, answer(path, || self.agent.delete(&at).call()));
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// Where the proxy listens, which its first line says.
fn address(proxy: &mut Program) -> String {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let log = proxy.log();
        if let Some((_, address)) = log.trim_end().split_once("Starting to serve on ") {
            return address.to_owned();
        }
        if let Some(ended) = proxy.ended() {
            panic!("{ended}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("kubectl proxy did not listen within {PATIENCE:?}");
}

/// What the server answers, as soon as it does not ask to wait: for a moment it cannot answer for a
/// kind whose definition is new.
fn answer(
    path: &str,
    ask: impl Fn() -> Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> (u16, String) {
    loop {
        let mut answer = ask().unwrap_or_else(|error| panic!("{path}: {error}"));
        let body = answer.body_mut().with_config().limit(LONGEST).read_to_string();
        let text = body.unwrap_or_else(|error| panic!("{path}: {error}"));
        match answer.status().as_u16() {
            429 => std::thread::sleep(Duration::from_secs(1)),
            status => return (status, text),
        }
    }
}

fn done(method: &str, path: &str, (status, text): (u16, String)) -> bool {
    let ends = status == 403 && text.contains("because it is being terminated");
    match status {
        200..=299 => true,
        404 | 409 => false,
        _ if ends => false,
        _ => panic!("{method} {path}: {status}\n{text}"),
    }
}

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("GET {path}: {error}"))
}
