//! How a service runs.

use crate::layer::{Overlap, When};
use crate::value::{Duration, Schedule, TimeZone};

/// How a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// It is called by others.
    Service,
    /// Nobody calls it.
    Worker,
    /// It runs once and ends.
    Job {
        /// When it runs.
        when: When,
    },
    /// It runs by a schedule, and ends.
    Cron {
        /// When it runs.
        schedule: Schedule,
        /// The time zone of the schedule.
        time_zone: TimeZone,
        /// What happens if a run is due while another goes on.
        overlap: Overlap,
    },
    /// One runs on each node.
    Node,
}

impl Run {
    /// Whether others can call it.
    #[must_use]
    pub fn is_called(&self) -> bool {
        matches!(self, Self::Service | Self::Node)
    }

    /// Whether it ends by itself.
    #[must_use]
    pub fn ends(&self) -> bool {
        matches!(self, Self::Job { .. } | Self::Cron { .. })
    }

    /// What it is, in the words of a message.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Service => "a service",
            Self::Worker => "a worker",
            Self::Job { .. } => "a job",
            Self::Cron { .. } => "a cron job",
            Self::Node => "one on each node",
        }
    }
}

/// What a job may use up until it has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How often it is tried again.
    pub retries: u32,
    /// How long it may take, all tries together.
    pub deadline: Duration,
}
