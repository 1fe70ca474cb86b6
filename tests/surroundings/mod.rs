//! What a cluster has besides its control plane, played by this program: nodes with their kubelets,
//! volumes, addresses, metrics, and operators.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it reads files, and a test fails at what does not work"
)]

pub(crate) mod api;
mod balancer;
mod clock;
pub(crate) mod images;
mod kubelet;
mod metrics;
mod nodes;
mod operators;
pub(crate) mod storage;

use self::api::Api;
use self::images::Images;
use self::kubelet::Kubelets;
use self::metrics::Metrics;
use self::nodes::Nodes;
use self::operators::{cloudnative_pg, external_secrets};
use crate::cluster::{Cluster, PATIENCE, is_within};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// They play until this is dropped.
pub(crate) struct Surroundings {
    wishes: Arc<Mutex<Wishes>>,
    thread: Option<JoinHandle<()>>,
}

/// What a test asks of them.
pub(crate) struct Wishes {
    /// What can be pulled.
    pub(crate) images: Images,
    /// Nodes that are gone: their kubelets say nothing any more.
    pub(crate) lost: BTreeSet<String>,
    /// What each pod uses of the processor that it requests, in percent.
    pub(crate) load: u64,
    ends: bool,
}

/// How long kubelets wait between two steps, and everybody else.
const KUBELETS: Duration = Duration::from_millis(250);
const OTHERS: Duration = Duration::from_secs(1);

/// Less than any autoscaler aims at.
pub(crate) const IDLE: u64 = 10;

impl Surroundings {
    /// Starts nodes that can pull some images, and waits until pods can be placed on them.
    pub(crate) fn start(cluster: &Cluster, images: Images) -> Self {
        let file = cluster.file("metrics.json", &metrics::definition().to_string());
        cluster.kubectl(&["apply", "--server-side", "--filename", &file]).ends(0);
        let wishes = Wishes { images, lost: BTreeSet::new(), load: IDLE, ends: false };
        let wishes = Arc::new(Mutex::new(wishes));
        let (api, asked) = (Api::start(cluster), Arc::clone(&wishes));
        let thread = std::thread::spawn(move || play(&api, &asked));
        let surroundings = Self { wishes, thread: Some(thread) };
        surroundings.until("nodes that are ready", || {
            let arguments =
                ["wait", "node", "--all", "--for=condition=Ready", "--timeout=1s", "--output=name"];
            let ran = cluster.kubectl(&arguments);
            ran.code == Some(0) && !ran.out.is_empty()
        });
        surroundings
    }

    /// Asks for something else from now on.
    pub(crate) fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.wishes.lock().unwrap());
    }

    /// Asks until the answer is yes.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, asked: impl Fn() -> bool) {
        assert!(self.is_within(what, asked), "{what}: not within {PATIENCE:?}");
    }

    /// Whether the answer becomes yes in time, as long as the players play.
    #[track_caller]
    pub(crate) fn is_within(&self, what: &str, asked: impl Fn() -> bool) -> bool {
        is_within(|| {
            let plays = self.thread.as_ref().is_some_and(|thread| !thread.is_finished());
            assert!(plays, "{what}: the surroundings have failed, which see above");
            asked()
        })
    }
}

impl Drop for Surroundings {
    fn drop(&mut self) {
        // A player that failed has said so, and left its lock behind.
        if let Ok(mut wishes) = self.wishes.lock() {
            wishes.ends = true;
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn play(api: &Api, wishes: &Mutex<Wishes>) {
    let mut nodes = Nodes::default();
    let mut kubelets = Kubelets::default();
    let mut metrics = Metrics::default();
    let mut others: Option<Instant> = None;
    loop {
        let wishes = wishes.lock().unwrap();
        if wishes.ends {
            return;
        }
        let alive = nodes.step(api, &wishes.lost);
        kubelets.step(api, &wishes.images, &alive);
        if others.is_none_or(|last| last.elapsed() >= OTHERS) {
            storage::step(api);
            balancer::step(api);
            metrics.step(api, wishes.load);
            external_secrets::step(api);
            cloudnative_pg::step(api);
            others = Some(Instant::now());
        }
        drop(wishes);
        std::thread::sleep(KUBELETS);
    }
}
