//! Fields of which one replaces the others. Kubernetes publishes them in words only.

/// A definition in which fields exclude each other.
struct Union {
    definition: &'static str,
    fields: Fields,
}

enum Fields {
    /// Only one of these may stand.
    OneOf(&'static [&'static str]),
    /// All fields but this one.
    AllBut(&'static str),
    /// Other fields belong to a value of this one.
    ByType(&'static str),
}

const UNIONS: &[Union] = &[
    Union { definition: "core.v1.Volume", fields: Fields::AllBut("name") },
    Union {
        definition: "core.v1.Probe",
        fields: Fields::OneOf(&["exec", "grpc", "httpGet", "tcpSocket"]),
    },
    Union {
        definition: "core.v1.LifecycleHandler",
        fields: Fields::OneOf(&["exec", "httpGet", "sleep", "tcpSocket"]),
    },
    Union { definition: "core.v1.EnvVar", fields: Fields::OneOf(&["value", "valueFrom"]) },
    Union {
        definition: "core.v1.EnvVarSource",
        fields: Fields::OneOf(&[
            "configMapKeyRef",
            "fieldRef",
            "fileKeyRef",
            "resourceFieldRef",
            "secretKeyRef",
        ]),
    },
    Union { definition: "core.v1.SeccompProfile", fields: Fields::ByType("type") },
    Union { definition: "core.v1.AppArmorProfile", fields: Fields::ByType("type") },
    Union { definition: "apps.v1.DeploymentStrategy", fields: Fields::ByType("type") },
    Union { definition: "apps.v1.DaemonSetUpdateStrategy", fields: Fields::ByType("type") },
    Union { definition: "apps.v1.StatefulSetUpdateStrategy", fields: Fields::ByType("type") },
    Union {
        definition: "networking.v1.IngressBackend",
        fields: Fields::OneOf(&["resource", "service"]),
    },
];

/// Whether a field that a patch says replaces another of the same map. `other_type` says whether a
/// field's value is another than before.
pub(super) fn replaces(
    definition: &str,
    said: &str,
    other: &str,
    is_other_value: impl Fn() -> bool,
) -> bool {
    let Some(union) = UNIONS.iter().find(|union| union.definition == definition) else {
        return false;
    };
    said != other
        && match union.fields {
            Fields::OneOf(fields) => fields.contains(&said) && fields.contains(&other),
            Fields::AllBut(name) => said != name && other != name,
            Fields::ByType(name) => said == name && is_other_value(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{MINORS, Schemas};

    #[test]
    fn unions_are_definitions_with_these_fields() {
        for minor in MINORS {
            let schemas = Schemas::of(minor).unwrap();
            for union in UNIONS {
                let fields = match union.fields {
                    Fields::OneOf(fields) => fields,
                    Fields::AllBut(name) | Fields::ByType(name) => &[name][..],
                };
                for field in fields {
                    let known = schemas.has_field(union.definition, field);
                    assert!(known, "1.{minor}: {} has no {field}", union.definition);
                }
            }
        }
    }

    #[test]
    fn one_variant_replaces_another() {
        let replaces = |definition, said, other| replaces(definition, said, other, || true);
        assert!(replaces("core.v1.Volume", "emptyDir", "persistentVolumeClaim"));
        assert!(!replaces("core.v1.Volume", "name", "persistentVolumeClaim"));
        assert!(replaces("core.v1.Probe", "exec", "httpGet"));
        assert!(!replaces("core.v1.Probe", "periodSeconds", "httpGet"));
        assert!(replaces("apps.v1.DeploymentStrategy", "type", "rollingUpdate"));
        assert!(!replaces("core.v1.Container", "image", "command"));
    }
}
