//! What the description of a container says by itself, without flows, facts and secrets.

use super::draft::Draft;
use super::runtime;
use crate::layer::Capabilities;
use crate::model::{Container, Image, Probes, SelfCheck, Volume};
use crate::value::Capability;

/// A container that is told nothing and asked nothing yet. `volumes` are those whose scratch space
/// counts as its own.
pub(super) fn bare(
    draft: &Draft<'_>,
    image: Image,
    image_of: String,
    volumes: &[Volume],
) -> Container {
    let said = &draft.service;
    let requests = runtime::requests(said.resources.as_ref(), said.limits.as_ref(), volumes);
    Container {
        name: draft.name.clone(),
        origin: draft.keys.clone(),
        image,
        image_of,
        command: None,
        args: None,
        workdir: said.workdir.clone(),
        variables: Vec::new(),
        secrets: Vec::new(),
        mounts: Vec::new(),
        ports: draft.own_ports.clone(),
        probes: Probes::default(),
        self_check: SelfCheck::Unasked("nothing says how it is asked"),
        limits: runtime::limits(&requests, said.limits.as_ref()),
        requests,
        user: None,
        writable_root: said.writable_root.is_some(),
        capabilities: capabilities(said.capabilities.as_ref()),
        privileged: said.privileged.is_some(),
    }
}

/// What it may ask of the kernel, in order.
fn capabilities(said: Option<&Capabilities>) -> Vec<Capability> {
    let mut all = said.and_then(|said| said.add.clone()).unwrap_or_default();
    all.sort();
    all.dedup();
    all
}
