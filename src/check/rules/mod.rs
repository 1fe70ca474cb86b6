//! The rules, one file each: a new one is a file and a line here.

mod alert_rules;
mod apply_order;
mod autoscaler;
mod client_port;
mod compose_health;
mod compose_image;
mod compose_network;
mod compose_order;
mod compose_port;
mod compose_reference;
mod compose_user;
mod compose_volume;
mod dashboard_source;
mod disruption_budget;
mod dns_reachable;
mod headless_service;
mod image_base;
mod image_folders;
mod image_health;
mod image_ports;
mod image_user;
mod missing_mount;
mod missing_probe;
mod missing_reference;
mod namespace_selector;
mod object_name;
mod policy_port;
mod refused_pod;
mod route_ends;
mod scrape_target;
mod selector_selects;
mod service_target_port;
mod single_writer;
mod storage_class;
mod time_budget;
mod unknown_namespace;
mod unused_config;

use super::Rule;

/// Every rule, in order of name.
pub(super) const RULES: &[&Rule] = &[
    &alert_rules::RULE,
    &apply_order::RULE,
    &autoscaler::RULE,
    &client_port::RULE,
    &compose_health::RULE,
    &compose_image::RULE,
    &compose_network::RULE,
    &compose_order::RULE,
    &compose_port::RULE,
    &compose_reference::RULE,
    &compose_user::RULE,
    &compose_volume::RULE,
    &dashboard_source::RULE,
    &disruption_budget::RULE,
    &dns_reachable::RULE,
    &headless_service::RULE,
    &image_base::RULE,
    &image_folders::RULE,
    &image_health::RULE,
    &image_ports::RULE,
    &image_user::RULE,
    &missing_mount::RULE,
    &missing_probe::RULE,
    &missing_reference::RULE,
    &namespace_selector::RULE,
    &object_name::RULE,
    &policy_port::RULE,
    &refused_pod::RULE,
    &route_ends::RULE,
    &scrape_target::RULE,
    &selector_selects::RULE,
    &service_target_port::RULE,
    &single_writer::RULE,
    &storage_class::RULE,
    &time_budget::RULE,
    &unknown_namespace::RULE,
    &unused_config::RULE,
];
