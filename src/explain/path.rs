//! Paths as people write them.

/// The keys of a path such as `services.web.files."/etc/app.toml".from`: a part in quotes may hold
/// dots.
#[must_use]
pub fn parse_path(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut key = String::new();
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => keys.push(std::mem::take(&mut key)),
            _ => key.push(character),
        }
    }
    keys.push(key);
    keys.retain(|key| !key.is_empty());
    keys
}

/// A path as [`parse_path`] reads it.
#[must_use]
pub fn show_path(path: &[String]) -> String {
    let quoted = |key: &String| {
        if key.contains('.') { format!("\"{key}\"") } else { key.clone() }
    };
    path.iter().map(quoted).collect::<Vec<_>>().join(".")
}
