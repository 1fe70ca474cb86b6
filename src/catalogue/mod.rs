//! The built-in catalogue: third-party software as data, and the languages of own code.

pub mod languages;

/// Every kind and every provider: its name and its description.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("alertmanager", include_str!("alertmanager.yaml")),
    ("cloudnative-pg", include_str!("cloudnative-pg.yaml")),
    ("grafana", include_str!("grafana.yaml")),
    ("otel-collector", include_str!("otel-collector.yaml")),
    ("postgres", include_str!("postgres.yaml")),
    ("prometheus", include_str!("prometheus.yaml")),
    ("seaweedfs", include_str!("seaweedfs.yaml")),
    ("valkey", include_str!("valkey.yaml")),
];
