//! Files that are right: what `environments/` of an example holds, cut to the keys that exist.

/// A kind of file, and a text of it.
pub(super) const TABLE: &[(&str, &str)] = &[
    (
        "environment",
        "about: Production, three zones\nafter: staging\ntargets: [kubernetes]\ndomain: iot.example.com\n",
    ),
    (
        "environment",
        "registry: { host: ghcr.io/example }\nimages: \"{{ registry.host }}/{{ system }}/{{ service }}\"\n",
    ),
    (
        "environment",
        "kubernetes: { version: \"1.36\", context: prod-eu-1, namespace: \"{{ system }}\", pod-security: restricted }\n",
    ),
    ("environment", "kubernetes: { pod-security: { level: baseline, mode: warn } }\n"),
    (
        "environment",
        "storage:\n  general: { class: longhorn }\n  shared: { class: nfs, shared: true }\n  old: null\n",
    ),
    (
        "environment",
        "gateways:\n  public: { class: istio, parent: gateway-system/public, issuer: letsencrypt, listeners: { http: web, https: websecure } }\n  old: { ingress-class: traefik, pods: { namespace: traefik, labels: { app.kubernetes.io/name: traefik } } }\n",
    ),
    (
        "environment",
        "network-policies: none\nmonitoring: { namespace: monitoring }\nkubernetes: { api: [192.0.2.16/28, \"2001:db8::/64\"] }\n",
    ),
    (
        "environment",
        "secrets: { external-secrets: { store: vault-prod, prefix: kv/prod, refresh: 15m, reclaim: retain } }\n",
    ),
    (
        "environment",
        "secrets: { external-secrets: { store: { name: vault, namespaced: true }, prefix: /prod, same: true } }\n",
    ),
    ("environment", "secrets: { manual: {} }\n"),
    ("environment", "secrets: { sops: {} }\n"),
    ("environment", "defaults:\n  replicas: { min: 2 }\n  config: { LOG_LEVEL: debug }\n"),
    (
        "environment",
        "like: prod\nabout: Rehearses production\nafter: test\ndomain: staging.iot.example.com\nkubernetes: { context: staging-eu-1 }\n",
    ),
    ("environment", "base: true\nabout: Is liked only\ndomain: null\nkubernetes: null\n"),
    (
        "system",
        "about: Verification of IoT protocol models\nfacts: { retention-days: 30, zones: [a, b], limits: { high: 1.5, low: null } }\n",
    ),
    (
        "system",
        "defaults: { config: { LOG_FORMAT: json, TIMEOUT: 300s, RATIO: 0.5, DEBUG: false } }\n",
    ),
    (
        "system",
        r#"
shapes:
  verifier:
    build: { context: "services/{{ service }}", language: rust }
    ports: { http: 8080, metrics: 9464 }
    health: { live: /health, ready: /ready, starts-within: 60s }
    uses:
      postgresql: { as: database }
      object-storage: { as: artefacts, pick: { bucket: artefacts } }
      otel-collector: { optional: true }
    config: { MAX_CONCURRENT_VERIFICATIONS: 10 }
    volumes: { work: { path: /work, scratch: 2Gi } }
    resources: { cpu: 500m, memory: 1Gi }
services:
  tsn-verification: { shape: verifier, about: IEEE 802.1 schedules }
  matter-verification: { shape: [verifier], volumes: { work: { scratch: 4Gi } } }
"#,
    ),
    (
        "system",
        r#"
services:
  postgresql:
    kind: postgres
    version: "18"
    options: { databases: { iot: {} }, users: { iot: { owns: iot } }, settings: { max_connections: 200 } }
    volumes: { data: { size: 20Gi, tier: database } }
  redis: { kind: valkey, options: { role: cache, memory: 256Mi } }
  object-storage: { kind: seaweedfs, options: { buckets: { artefacts: {}, backups: { versioned: true } } }, volumes: { data: { size: 50Gi } } }
  prometheus: { kind: prometheus, options: { retention: 30d }, volumes: { data: { size: 50Gi } } }
"#,
    ),
    (
        "system",
        "external: { device-lab: { hosts: [lab.example.com], addresses: [192.0.2.0/24], ports: { opcua: 4840 } }, mail: { addresses: internet } }\noffers: { prometheus: { to: [iot-edge] } }\n",
    ),
    (
        "system",
        "volumes: { models: { size: 50Gi, tier: shared, shared: true } }\nimages: \"registry.example.com/iot/{{ service }}\"\n",
    ),
    (
        "system",
        "services: { web: null, api: { image: null, build: { context: ., language: go } } }\n",
    ),
    (
        "service",
        r#"
about: Public entry of the verification API
build: { context: services/api-gateway, language: rust }
ports: { http: 8080, metrics: { port: 9464, service-port: none }, admin: { port: 9000, protocol: grpc, service-port: 80, internal: true } }
health: { live: /health, ready: { path: /ready, every: 5s, headers: { Host: shop } }, start: { exec: [/bin/app, { text: "{{ ports.http }}" }] }, starts-within: 60s }
uses:
  postgresql: { as: database }
  tsn-verification: {}
  opcua-verification: { env: OPCUA_ADDR }
  onem2m-verification: { env: { ONEM2M: "coap://{{ host }}:{{ port }}" } }
  mail: { env: none, port: [smtp, submission], at-start: false }
  cache: { optional: { otherwise: { CACHE_URL: "memory://", SIZE: 3 } } }
files:
  /etc/api-gateway/app.toml: { from: app.toml.j2, mode: "0440" }
secrets:
  JWT_SECRET: api-gateway/jwt#secret
  API_KEY: { from: api-gateway/api-key, as: env, optional: true }
resources: { cpu: 250m, memory: 512Mi }
limits: { cpu: 2, memory: 1.5Gi, storage: 1G }
expose: { host: api }
"#,
    ),
    (
        "service",
        "build: { context: src/cart, dockerfile: Dockerfile }\nports: { grpc: 7070 }\nhealth: { ready: { grpc: {} }, live: { tcp: grpc } }\n",
    ),
    (
        "service",
        "image: redis:8-alpine\nuser: 999\ngroup: 999\nports: { redis: 6379 }\nvolumes: { data: { path: /data, scratch: unlimited, memory: true } }\n",
    ),
    (
        "service",
        "image: \"ghcr.io/example/load:1.2.0\"\nrun: worker\nuses: { shop: { env: FRONTEND_ADDR } }\n",
    ),
    (
        "service",
        "image: { of: web }\ncommand: [/bin/worker]\nargs: [\"--queue\", { text: \"{{ facts.queue }}\" }]\nworkdir: /srv\n",
    ),
    ("service", "replicas: 3\nrollout: { recreate: {} }\nstop-within: 1m30s\n"),
    ("service", "replicas: { min: 2, max: 8, cpu: 70% }\nrollout: { rolling: { at-once: 25% } }\n"),
    (
        "service",
        "writable-root: { why: the vendor writes below /opt }\ntoken: { rules: [{ groups: [apps], resources: [pods], verbs: [list] }], why: finds its peers }\nmetrics: { http: { path: /metrics, port: http } }\n",
    ),
    ("service", "expose: { host: api, port: http, via: internal, by: node-port, timeout: 30s }\n"),
    ("service", "build: null\nkind: postgres\nimage: null\n"),
    (
        "service",
        "expose: { hosts: [api.example.com, www.example.com], path: /api, tls: false, enabled: true, host: null }\n",
    ),
    (
        "service",
        "kind: postgres\nmirror: registry.example.com:5000/mirror/postgres\nelsewhere: { host: db.example.com, port: 6432, facts: { user: shop }, secrets: { password: shared/db#password } }\n",
    ),
    (
        "service",
        "uses: { iot-verification/prometheus: {}, cart: { env: { CART_HOST: null, CART: \"{{ host }}\" } } }\n",
    ),
    (
        "service",
        "volumes: { models: { path: /models, of: models }, data: { size: null, scratch: 1Gi, enabled: false } }\nconfig: { OLD: null, PORT: { text: \"{{ ports.http }}\" } }\n",
    ),
    (
        "system-override",
        "
services:
  api-gateway:
    replicas: { min: 3, max: 10, cpu: 70% }
    rollout: { rolling: { at-once: 50% } }
    expose: { host: api, tls: false, via: internal }
    secrets: { JWT_SECRET: api-gateway/jwt-prod#secret, API_KEY: { enabled: false } }
    health: { starts-within: 120s, live: { timeout: 10s, failures: 5, every: 20s } }
  postgresql: { replicas: 3, volumes: { data: { size: 200Gi, tier: fast } } }
  object-storage: { elsewhere: { host: s3.eu.example.com, addresses: internet, ports: { s3: 443 }, secrets: { access-key: s3#id, secret-key: { from: s3#key } } } }
  redis: { options: { memory: 1Gi }, uses: { otel-collector: { enabled: false } } }
",
    ),
    (
        "system-override",
        "facts: { retention-days: 90 }\ndefaults: { config: { LOG_LEVEL: debug } }\nshapes: { verifier: { resources: { memory: 2Gi } } }\n",
    ),
    (
        "system-override",
        "volumes: { models: { size: 200Gi } }\nexternal: { device-lab: { hosts: [lab.test.example.com], ports: { opcua: 14840 } }, other: { enabled: false } }\nservices: { web: { enabled: false }, api: null }\n",
    ),
    (
        "release",
        "api-gateway: { version: \"1.4.2\", digest: \"sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\" }\n",
    ),
    (
        "lock",
        "iac: \"0.1\"\nimages: { docker.io/valkey/valkey: { tag: \"9.1.2\", digest: \"sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\", seen: \"2026-10-05\" }, redis: { tag: \"8\", digest: null } }\n",
    ),
    (
        "kind",
        r#"
about: In-memory store, compatible with Redis
versions: { "9": { image: valkey/valkey }, "8": { image: valkey/valkey, tag: 8.1.0 } }
default-version: "9"
contract:
  user: "999:999"
  ports: { redis: 6379, admin: { port: 9000, internal: true } }
  data: { data: /data, run: { path: /run, scratch: 16Mi } }
  health: { command: [valkey-cli, ping], starts-within: 60s }
options:
  role: { one-of: [cache, store], doc: "what it may lose" }
  memory: { quantity: 256Mi, environment: true }
  level: { text: "" }
  number: { number: -3 }
  keep: { duration: 15d }
  users: { map: { owns: text, admin: flag } }
  settings: { scalars: true }
secrets: { default: password, s3: [access-key, secret-key] }
files:
  /etc/app.conf: { text: "port {{ ports.redis }}", mode: "0555" }
  /etc/app.yaml: { yaml: { a: [1, null, { b: 2.5 }] } }
  /etc/other.yaml: { derive: prometheus-scrape }
picks: { database: { option: databases } }
binds: { host: "{{ host }}", password: { secret: "default#password" } }
uses: { prometheus: {}, grafana: { port: http } }
replicates: false
"#,
    ),
];
