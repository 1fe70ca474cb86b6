//! Names of objects that stand beside a service's own: no other service may bear them.

use super::Service;
use crate::value::Name;

/// The network policy that closes a namespace.
pub const DEFAULT_DENY: &str = "default-deny";
/// The network policy that lets all pods ask for names.
pub const ALLOW_DNS: &str = "allow-dns";
/// The network policy that lets a gateway reach the pods with which cert-manager proves a host.
pub const ALLOW_SOLVER: &str = "allow-acme-solver";

/// The Service that gives each replica of a `StatefulSet` a name.
#[must_use]
pub fn headless(service: &Service) -> String {
    format!("{}-headless", service.name)
}

/// The Service that the public reaches without a gateway.
#[must_use]
pub fn public(service: &Service) -> String {
    format!("{}-public", service.name)
}

/// The network policy that lets callers reach a Service of the user's own.
#[must_use]
pub fn callers(service: &Name) -> String {
    format!("{service}-callers")
}

/// The route that leads from http to https.
#[must_use]
pub fn redirect(service: &Service) -> String {
    format!("{}-redirect", service.name)
}
