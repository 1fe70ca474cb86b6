//! Alertmanager's configuration: who is told of what.

use super::Sources;
use crate::finding::Finding;
use crate::model::{Peer, Platform};
use crate::resolve::flows::ResolvedFlow;
use serde_json::{Map, Value, json};

/// The receiver of what nobody is told: such alerts are seen in Alertmanager itself. No receiver of
/// the user's can be called so.
const NOBODY: &str = "no receiver";

/// Who is told of what.
pub(super) fn config(sources: &Sources<'_>, findings: &mut Vec<Finding>) -> Value {
    let options = sources.own.kind.as_ref().and_then(|kind| kind.options.get("receivers"));
    let none = Map::new();
    let said = options.and_then(Value::as_object).unwrap_or(&none);
    if !said.is_empty() {
        way_out(sources, findings);
    }
    let mut routes = Vec::new();
    let mut receivers = vec![json!({ "name": NOBODY })];
    for (name, receiver) in said {
        let text = |key: &str| receiver.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut route = json!({
            "receiver": name,
            "matchers": [matcher(text("alerts"))],
            // Others may be told of the same.
            "continue": true,
        });
        if text("alerts") == "watchdog" {
            // Who listens for a heartbeat takes its silence for the alert.
            route["group_wait"] = "0s".into();
            route["group_interval"] = "1m".into();
            route["repeat_interval"] = "5m".into();
        }
        routes.push(route);
        let (key, config) = integration(name, text("type"), text("channel"));
        if key != "slack_configs" && !text("channel").is_empty() {
            findings.push(unread_channel(sources, name));
        }
        receivers.push(json!({ "name": name, key: [config] }));
    }
    let mut route = json!({
        "receiver": NOBODY,
        "group_by": ["alertname", "environment", "system", "service"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "4h",
    });
    if !routes.is_empty() {
        route["routes"] = routes.into();
    }
    json!({
        "route": route,
        // Of a service that is down nobody needs to hear that it is slow, too.
        "inhibit_rules": [{
            "source_matchers": ["severity=\"critical\""],
            "target_matchers": ["severity=\"warning\""],
            "equal": ["environment", "system", "service"],
        }],
        "receivers": receivers,
    })
}

/// Which alerts a receiver is told.
fn matcher(alerts: &str) -> &'static str {
    match alerts {
        "critical" => "severity=\"critical\"",
        "watchdog" => "alertname=\"Watchdog\"",
        _ => "severity=~\"critical|warning\"",
    }
}

/// How a receiver is reached; its secret is a file.
fn integration(name: &str, kind: &str, channel: &str) -> (&'static str, Value) {
    let secret = format!("/run/secrets/{name}.credential");
    match kind {
        "slack" => {
            let mut config = json!({ "send_resolved": true, "api_url_file": secret });
            if !channel.is_empty() {
                config["channel"] = channel.into();
            }
            ("slack_configs", config)
        }
        "pagerduty" => {
            ("pagerduty_configs", json!({ "send_resolved": true, "routing_key_file": secret }))
        }
        _ => ("webhook_configs", json!({ "send_resolved": true, "url_file": secret })),
    }
}

fn unread_channel(sources: &Sources<'_>, receiver: &str) -> Finding {
    let path = ["options", "receivers", receiver, "channel"];
    Finding::error("unread-key", format!("`{receiver}` is no Slack receiver, so it has no channel"))
        .at(sources.own.node.key_place(&path))
        .help("say `type: slack`, or remove it")
}

/// Receivers are outside of the system: without a flow nothing lets Alertmanager reach them.
fn way_out(sources: &Sources<'_>, findings: &mut Vec<Finding>) {
    let world = sources.world;
    let closed = world.environment.network_policies || world.platform == Platform::Compose;
    let calls = |flow: &ResolvedFlow| !matches!(flow.flow.peer, Peer::Service(_));
    if !closed || sources.flows.iter().any(calls) {
        return;
    }
    let name = &sources.own.name;
    findings.push(
        Finding::warning("no-way-out", format!("`{name}` has receivers, and may call nobody"))
            .at(sources.own.node.key_place(&["options", "receivers"]))
            .note("network policies and the networks of Compose let pass what is described")
            .help(
                "describe the receiver's host by `external`, and say `uses: { NAME: { env: null } }`",
            ),
    );
}
