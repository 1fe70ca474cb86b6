//! The life of one container.

use super::super::images::Image;
use super::probes::{answers, delay, patience};
use k8s_openapi::api::core::v1::{Container, Probe};
use k8s_openapi::jiff::Timestamp;
use std::time::Duration;

/// How far a container is.
pub(super) struct Progress {
    pub(super) state: State,
    /// How it ended the last time.
    pub(super) last: Option<End>,
    pub(super) restarts: i32,
}

pub(super) enum State {
    Waiting { reason: &'static str, message: String, since: Timestamp },
    Running { image: Image, since: Timestamp, started: bool, ready: bool },
    Ended(End),
}

/// The end of a run.
#[derive(Clone)]
pub(super) struct End {
    pub(super) began: Timestamp,
    pub(super) at: Timestamp,
    pub(super) code: i32,
}

/// Why a container is not started.
pub(super) enum Refusal {
    /// There is no such image.
    Image(String),
    /// What it needs is missing, or its user is refused.
    Config(String),
}

/// After which end a container is started again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Always,
    OnFailure,
    Never,
}

/// What a container is to do.
pub(super) struct Task<'a> {
    pub(super) container: &'a Container,
    /// Whether it runs until it is ended. Others do their work and end by themselves.
    pub(super) serves: bool,
    pub(super) again: Again,
}

/// How long work takes that ends by itself.
const WORK: Duration = Duration::from_millis(300);
/// How long the first message of a failed pull stands.
const PULL: Duration = Duration::from_secs(1);
/// The first wait before a container that ended is started again; it doubles each time. A kubelet
/// waits ten seconds and up to five minutes, which is too long for a test.
const BACK_OFF: Duration = Duration::from_secs(1);
const LONGEST_BACK_OFF: u32 = 8;
/// With what a program ends that a kubelet kills.
const KILLED: i32 = 137;

impl Progress {
    pub(super) fn new(reason: &'static str, since: Timestamp) -> Self {
        let state = State::Waiting { reason, message: String::new(), since };
        Self { state, last: None, restarts: 0 }
    }

    /// One step. What happens is told with its reason.
    pub(super) fn advance(
        &mut self,
        task: &Task<'_>,
        now: Timestamp,
        start: impl Fn() -> Result<Image, Refusal>,
        tell: &mut impl FnMut(&str, String),
    ) {
        match &mut self.state {
            State::Waiting { .. } => self.try_to_start(now, start, tell),
            State::Running { image, since, started, ready } => {
                let age = between(*since, now);
                let code = image.exit.or((!task.serves).then_some(0));
                let asked =
                    Asked { container: task.container, listens: age >= image.starts_within, age };
                let ended = match (code, asked.all(started, tell)) {
                    (Some(code), _) if age >= WORK => Some(code),
                    (Some(_), _) => None,
                    (None, Err(problem)) => {
                        tell("Killing", problem);
                        Some(KILLED)
                    }
                    (None, Ok(is)) => {
                        *ready = is;
                        None
                    }
                };
                if let Some(code) = ended {
                    self.state = State::Ended(End { began: *since, at: now, code });
                }
            }
            State::Ended(end) if again(task.again, end.code) => {
                let message =
                    format!("back-off restarting failed container={}", task.container.name);
                tell("BackOff", message.clone());
                self.last = Some(end.clone());
                self.state = State::Waiting { reason: "CrashLoopBackOff", message, since: now };
            }
            State::Ended(_) => {}
        }
    }

    /// Ends it, if it runs.
    pub(super) fn end(&mut self, now: Timestamp) {
        if let State::Running { since, .. } = self.state {
            self.state = State::Ended(End { began: since, at: now, code: 0 });
        }
    }

    pub(super) fn is_started(&self) -> bool {
        matches!(self.state, State::Running { started: true, .. })
    }

    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state, State::Running { ready: true, .. })
    }

    /// Whether it was started at least once.
    pub(super) fn has_run(&self) -> bool {
        self.last.is_some() || !matches!(self.state, State::Waiting { .. })
    }

    /// With what it ended, if it ended for good.
    pub(super) fn code(&self, policy: Again) -> Option<i32> {
        match &self.state {
            State::Ended(end) if !again(policy, end.code) => Some(end.code),
            _ => None,
        }
    }

    fn try_to_start(
        &mut self,
        now: Timestamp,
        start: impl Fn() -> Result<Image, Refusal>,
        tell: &mut impl FnMut(&str, String),
    ) {
        let State::Waiting { reason, since, .. } = &self.state else { return };
        if *reason == "CrashLoopBackOff" {
            let doubled = 1 << self.restarts.clamp(0, 3);
            if between(*since, now) < BACK_OFF * LONGEST_BACK_OFF.min(doubled) {
                return;
            }
        }
        self.state = match start() {
            Ok(image) => {
                self.restarts += i32::from(self.last.is_some());
                State::Running { image, since: now, started: false, ready: false }
            }
            Err(Refusal::Config(message)) => {
                tell("Failed", format!("Error: {message}"));
                let since = *since;
                State::Waiting { reason: "CreateContainerConfigError", message, since }
            }
            Err(Refusal::Image(message)) => {
                tell("Failed", message.clone());
                match *reason {
                    "ErrImagePull" if between(*since, now) < PULL => {
                        State::Waiting { reason: "ErrImagePull", message, since: *since }
                    }
                    "ErrImagePull" | "ImagePullBackOff" => {
                        let message = format!("Back-off pulling image: {message}");
                        State::Waiting { reason: "ImagePullBackOff", message, since: *since }
                    }
                    _ => State::Waiting { reason: "ErrImagePull", message, since: now },
                }
            }
        };
    }
}

/// A container that is asked.
struct Asked<'a> {
    container: &'a Container,
    /// Whether its program is far enough to answer.
    listens: bool,
    age: Duration,
}

impl Asked<'_> {
    /// Whether it is ready, or why it must be ended.
    fn all(&self, started: &mut bool, tell: &mut impl FnMut(&str, String)) -> Result<bool, String> {
        if !*started {
            let probe = self.container.startup_probe.as_ref();
            *started = self.insistently("Startup", probe, tell)?;
        }
        if !*started {
            return Ok(false);
        }
        self.insistently("Liveness", self.container.liveness_probe.as_ref(), tell)?;
        Ok(self.once("Readiness", self.container.readiness_probe.as_ref(), tell))
    }

    /// Whether it answers, if it may still be waited for.
    fn insistently(
        &self,
        kind: &str,
        probe: Option<&Probe>,
        tell: &mut impl FnMut(&str, String),
    ) -> Result<bool, String> {
        let answers = self.once(kind, probe, tell);
        match probe {
            Some(probe) if !answers && self.age >= patience(probe) => {
                let (name, kind) = (&self.container.name, kind.to_lowercase());
                Err(format!("Container {name} failed {kind} probe, will be restarted"))
            }
            _ => Ok(answers),
        }
    }

    fn once(&self, kind: &str, probe: Option<&Probe>, tell: &mut impl FnMut(&str, String)) -> bool {
        let Some(probe) = probe else { return true };
        if self.age < delay(probe) {
            return false;
        }
        let answer = answers(self.container, probe, self.listens);
        answer
            .map_err(|problem| tell("Unhealthy", format!("{kind} probe failed: {problem}")))
            .is_ok()
    }
}

fn again(policy: Again, code: i32) -> bool {
    policy == Again::Always || policy == Again::OnFailure && code != 0
}

fn between(since: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(since).unsigned_abs()
}
