//! Claims to storage.

use super::metadata;
use crate::generate::Object;
use crate::layer::Reclaim;
use crate::model::{Claim, Service, SystemVolume, VolumeSource};
use crate::reference::Reference;
use crate::value::Name;
use k8s_openapi::api::apps::v1::StatefulSetPersistentVolumeClaimRetentionPolicy;
use k8s_openapi::api::core::v1::{
    PersistentVolumeClaim, PersistentVolumeClaimSpec, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::collections::BTreeMap;

/// The name of a service's claim that all its replicas share.
pub(super) fn name(service: &Name, volume: &Name) -> String {
    format!("{service}-{volume}")
}

/// The claims that all replicas of a service share.
pub(super) fn of_service(service: &Service) -> Vec<Object> {
    let volumes = service.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Claim(claim) => Some((volume, claim)),
        _ => None,
    });
    volumes
        .map(|(volume, claim)| {
            let object = PersistentVolumeClaim {
                metadata: metadata::named(service, &name(&service.name, &volume.name)),
                spec: Some(spec(claim)),
                ..PersistentVolumeClaim::default()
            };
            Object::of_service(service.name.as_str(), &object)
                .origin("", ["volumes", volume.name.as_str()])
        })
        .collect()
}

/// The claim of a volume of the system.
pub(super) fn of_system(name: &Name, volume: &SystemVolume) -> Object {
    Object::of_system(&PersistentVolumeClaim {
        metadata: metadata::of_system(name.as_str()),
        spec: Some(spec(&volume.claim)),
        ..PersistentVolumeClaim::default()
    })
}

/// The templates of a `StatefulSet`'s claims. They never change once they exist, so that they carry
/// only labels that never change.
pub(super) fn templates(service: &Service) -> Vec<PersistentVolumeClaim> {
    let volumes = service.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::ClaimPerReplica(claim) => Some((volume, claim)),
        _ => None,
    });
    volumes
        .map(|(volume, claim)| PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(volume.name.to_string()),
                labels: Some(metadata::set(Reference::SelectorLabels(service.name.as_str()))),
                ..ObjectMeta::default()
            },
            spec: Some(spec(claim)),
            ..PersistentVolumeClaim::default()
        })
        .collect()
}

/// What becomes of the claims of a `StatefulSet` that is deleted: Kubernetes keeps them, unless all
/// of them lie where nothing is to be kept. Scaling down keeps them in any case.
pub(super) fn retention(
    service: &Service,
) -> Option<StatefulSetPersistentVolumeClaimRetentionPolicy> {
    let all = service.volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::ClaimPerReplica(claim) => Some(claim.reclaim),
        _ => None,
    });
    let deleted = all.into_iter().all(|reclaim| reclaim == Reclaim::Delete);
    deleted.then(|| StatefulSetPersistentVolumeClaimRetentionPolicy {
        when_deleted: Some("Delete".to_owned()),
        when_scaled: Some("Retain".to_owned()),
    })
}

fn spec(claim: &Claim) -> PersistentVolumeClaimSpec {
    let mode = if claim.shared { "ReadWriteMany" } else { "ReadWriteOnce" };
    PersistentVolumeClaimSpec {
        access_modes: Some(vec![mode.to_owned()]),
        storage_class_name: claim.class.as_ref().map(ToString::to_string),
        resources: Some(VolumeResourceRequirements {
            requests: Some(BTreeMap::from([(
                "storage".to_owned(),
                Quantity(claim.size.to_string()),
            )])),
            ..VolumeResourceRequirements::default()
        }),
        ..PersistentVolumeClaimSpec::default()
    }
}
