//! The images that can be pulled, and how their programs behave.

use camino::Utf8Path;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// What can be pulled.
#[derive(Default)]
pub(crate) struct Images {
    /// By the whole reference.
    pub(crate) exact: BTreeMap<String, Image>,
    /// By digest: the end of the name, and the image.
    pinned: BTreeMap<String, (String, Image)>,
}

/// An image, as a kubelet meets it.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// As the image says it: a number, a name, with or without a group, or nothing for root.
    pub(crate) user: String,
    /// How long the program takes until it listens.
    pub(crate) starts_within: Duration,
    /// With what it ends by itself, if it is not one that serves until it is ended.
    pub(crate) exit: Option<i32>,
    /// Whether the registry gives it out.
    pub(crate) pulls: bool,
}

/// The user of images that are built from the project's own code.
const OWN: &str = "65532:65532";

impl Image {
    pub(crate) fn of_user(user: &str) -> Self {
        Self { user: user.to_owned(), starts_within: Duration::ZERO, exit: None, pulls: true }
    }
}

impl Images {
    /// The images that a project's lock and its releases name, by digest, and no others.
    pub(crate) fn of_project(root: &Utf8Path) -> Self {
        let environments = root.join("environments");
        let lock: Lock = read(&environments.join("lock.yaml"));
        let users = users();
        let mut images = Self::default();
        for (name, Locked { tag, digest }) in lock.images {
            // Own images are made of what no kind has, and nobody runs it.
            let Some(user) = users.get(&name) else { continue };
            let image = Image::of_user(user);
            match digest {
                Some(digest) => _ = images.pinned.insert(digest, (name, image)),
                None => _ = images.exact.insert(format!("{name}:{tag}"), image),
            }
        }
        for entry in environments.read_dir_utf8().unwrap() {
            let release = entry.unwrap().into_path().join("release.yaml");
            if !release.is_file() {
                continue;
            }
            let system = release.parent().unwrap().file_name().unwrap();
            let released: BTreeMap<String, Released> = read(&release);
            images.pinned.extend(released.into_iter().map(|(service, Released { digest })| {
                (digest, (format!("/{system}/{service}"), Image::of_user(OWN)))
            }));
        }
        images
    }

    /// The image of a reference, or what a registry says instead.
    pub(crate) fn pull(&self, reference: &str) -> Result<&Image, String> {
        let name = reference.split('@').next().unwrap();
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        let digest = reference.split_once('@').map(|(_, digest)| digest);
        let pinned = digest.and_then(|digest| self.pinned.get(digest));
        let pinned = pinned.filter(|(end, _)| name.ends_with(end)).map(|(_, image)| image);
        match self.exact.get(reference).or(pinned) {
            Some(image) if image.pulls => Ok(image),
            Some(_) => Err(format!("failed to pull image \"{reference}\": manifest unknown")),
            None => Err(format!(
                "failed to pull image \"{reference}\": neither the lock nor a release names it"
            )),
        }
    }
}

#[derive(Deserialize)]
struct Lock {
    images: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    tag: String,
    digest: Option<String>,
}

#[derive(Deserialize)]
struct Released {
    digest: String,
}

/// The user of each image of the catalogue.
fn users() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct Kind {
        versions: BTreeMap<String, Version>,
        contract: Contract,
    }
    #[derive(Deserialize)]
    struct Version {
        image: String,
    }
    #[derive(Deserialize)]
    struct Contract {
        user: String,
    }
    let kinds = iac::catalogue::BUILT_IN.iter().filter(|(_, text)| !text.contains("\nprovides:"));
    let kinds = kinds.flat_map(|(name, text)| {
        let kind: Kind =
            serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let user = kind.contract.user;
        kind.versions.into_values().map(move |version| (version.image, user.clone()))
    });
    // The operand of CloudNativePG, which is no kind's own image: its user is the operator's choice.
    let operand = ("ghcr.io/cloudnative-pg/postgresql".to_owned(), "26".to_owned());
    kinds.chain([operand]).collect()
}

fn read<T: for<'de> Deserialize<'de>>(path: &Utf8Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}
