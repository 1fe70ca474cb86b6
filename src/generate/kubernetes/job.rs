//! Jobs: what ends by itself.

use super::workload::metadata_of;
use super::{metadata, pod};
use crate::layer::Overlap;
use crate::model::Service;
use crate::reference::Reference;
use crate::value::{Schedule, TimeZone};
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Where a `CronJob` holds the pod's template.
pub(super) const POD_OF_CRON: &str = "/spec/jobTemplate/spec/template";

/// How many runs of a schedule stay to be looked at.
const HISTORY: i32 = 3;

/// How late a run may begin, where the cluster was not able to start it in time.
const LATE_SECONDS: i64 = 3600;

/// A suspended schedule never comes, but one must be said.
const NEVER: &str = "@yearly";

/// A job of a release. A job cannot be changed: its name ends in a hash of its pod template, so that
/// a changed one is another, and one that did not change does not run again. For the same reason it
/// is not deleted when it has ended: the next release would run it anew.
pub(super) fn job(service: &Service) -> Job {
    let name = service.name.as_str();
    let metadata = ObjectMeta {
        name: Some(format!("{}-{}", Reference::Name(name), Reference::Template(name))),
        ..metadata_of(service)
    };
    Job { metadata, spec: Some(spec(service)), ..Job::default() }
}

/// A job that runs when somebody starts it: `kubectl create job --from=cronjob/NAME RUN`.
pub(super) fn by_hand(service: &Service) -> CronJob {
    CronJob {
        metadata: metadata_of(service),
        spec: CronJobSpec {
            schedule: NEVER.to_owned(),
            suspend: Some(true),
            concurrency_policy: Some("Forbid".to_owned()),
            ..cron_spec(service)
        },
        ..CronJob::default()
    }
}

/// A job that runs by a schedule.
pub(super) fn cron(
    service: &Service,
    schedule: &Schedule,
    time_zone: &TimeZone,
    overlap: Overlap,
) -> CronJob {
    let policy = match overlap {
        Overlap::Forbid => "Forbid",
        Overlap::Allow => "Allow",
        Overlap::Replace => "Replace",
    };
    CronJob {
        metadata: metadata_of(service),
        spec: CronJobSpec {
            schedule: schedule.to_string(),
            time_zone: Some(time_zone.to_string()),
            concurrency_policy: Some(policy.to_owned()),
            starting_deadline_seconds: Some(LATE_SECONDS),
            ..cron_spec(service)
        },
        ..CronJob::default()
    }
}

fn cron_spec(service: &Service) -> CronJobSpec {
    CronJobSpec {
        successful_jobs_history_limit: Some(HISTORY),
        failed_jobs_history_limit: Some(HISTORY),
        job_template: JobTemplateSpec {
            metadata: Some(ObjectMeta {
                labels: Some(metadata::set(Reference::PodLabels(service.name.as_str()))),
                ..ObjectMeta::default()
            }),
            spec: Some(spec(service)),
        },
        ..CronJobSpec::default()
    }
}

fn spec(service: &Service) -> JobSpec {
    JobSpec {
        backoff_limit: service.budget.and_then(|budget| i32::try_from(budget.retries).ok()),
        active_deadline_seconds: service.budget.map(|it| it.deadline.as_secs_ceil().into()),
        // A pod that is stopped has ended before its job is tried again: two never work at once.
        pod_replacement_policy: Some("Failed".to_owned()),
        template: pod::template(service),
        ..JobSpec::default()
    }
}
