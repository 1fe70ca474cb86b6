//! What an operator is told of a service: its provider's objects, with the metadata that all have.

use super::{metadata, workload};
use crate::generate::Object;
use crate::model::{ProvidedObject, Service};
use crate::validate::Schemas;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Map, Value, json};

/// The objects of a service that an operator runs, the main one first.
pub(super) fn objects(service: &Service) -> Option<Vec<Object>> {
    let provided = service.provided.as_ref()?;
    let objects = provided.objects.iter().enumerate();
    Some(objects.map(|(index, object)| of(service, object, index == 0)).collect())
}

fn of(service: &Service, provided: &ProvidedObject, is_main: bool) -> Object {
    let ours = if is_main { workload::metadata_of(service) } else { metadata::of(service) };
    let mut value =
        json!({ "metadata": serde_json::to_value::<ObjectMeta>(ours).unwrap_or_default() });
    lay_over(&mut value, &provided.value);
    let object = Object::of_service(service.name.as_str(), &value);
    let api_version = value["apiVersion"].as_str().unwrap_or_default();
    let object = if Schemas::serve(api_version) { object } else { object.custom() };
    provided.origins.iter().fold(object, |object, (pointer, keys)| object.origin(pointer, keys))
}

/// Lays a tree over another: maps are merged, everything else is replaced.
fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                let entry = below.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
                lay_over(entry, value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}
