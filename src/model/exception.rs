//! Exceptions: what a service does that others need not, each with its reason.

use crate::layer::ExceptionKey;
use crate::source::Place;

/// An exception that is in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// What it is.
    pub what: ExceptionKey,
    /// Why, in a sentence.
    pub why: String,
    /// The keys below the service that say it.
    pub origin: Vec<String>,
    /// Where they stand.
    pub place: Place,
}
