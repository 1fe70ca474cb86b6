//! As whom a container runs.

use k8s_openapi::api::core::v1::{Container, PodSpec};

/// Refuses root, and a user whose number nobody knows, where neither may be. `image` is the user
/// of the image.
pub(super) fn verify(
    pod: &str,
    spec: &PodSpec,
    container: &Container,
    image: &str,
) -> Result<(), String> {
    let own = container.security_context.as_ref();
    let shared = spec.security_context.as_ref();
    let required = own
        .and_then(|context| context.run_as_non_root)
        .or_else(|| shared.and_then(|context| context.run_as_non_root));
    if required != Some(true) {
        return Ok(());
    }
    let place = format!("(pod: \"{pod}\", container: {})", container.name);
    let number = own
        .and_then(|context| context.run_as_user)
        .or_else(|| shared.and_then(|context| context.run_as_user));
    if let Some(number) = number {
        return match number {
            0 => Err(format!("container's runAsUser breaks non-root policy {place}")),
            _ => Ok(()),
        };
    }
    let user = image.split(':').next().unwrap_or_default();
    match user.parse::<i64>() {
        _ if user.is_empty() => {
            Err(format!("container has runAsNonRoot and image will run as root {place}"))
        }
        Ok(0) => Err(format!("container has runAsNonRoot and image will run as root {place}")),
        Ok(_) => Ok(()),
        Err(_) => Err(format!(
            "container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root {place}"
        )),
    }
}
