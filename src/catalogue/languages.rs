//! Languages as data: what their code is built with, and what it runs on.

use crate::layer::Language;
use crate::value::{ImageName, Tag};

/// A release of a distribution. Builder and runtime of a language are of the same by construction:
/// both are named by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// Debian 13.
    Debian13,
    /// Ubuntu 24.04.
    Ubuntu2404,
}

impl Distribution {
    /// How tags of images call it.
    #[must_use]
    pub fn codename(self) -> &'static str {
        match self {
            Self::Debian13 => "trixie",
            Self::Ubuntu2404 => "noble",
        }
    }

    /// The one that an image's name or tag says.
    #[must_use]
    pub fn named_in(image: &str) -> Option<Self> {
        let says = |of: &Self| {
            let mut words = image.split(|c: char| !c.is_ascii_alphanumeric());
            words.any(|word| word == of.codename() || word == of.number())
        };
        [Self::Debian13, Self::Ubuntu2404].into_iter().find(says)
    }

    /// How names of images call it.
    fn number(self) -> &'static str {
        match self {
            Self::Debian13 => "debian13",
            Self::Ubuntu2404 => "ubuntu2404",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Debian13 => "Debian 13 (trixie)",
            Self::Ubuntu2404 => "Ubuntu 24.04 (noble)",
        }
    }
}

/// An image that Dockerfiles begin with. In both texts `{codename}` and `{number}` are the
/// distribution.
#[derive(Debug, Clone, Copy)]
pub struct Base {
    name: &'static str,
    tag: &'static str,
}

impl Base {
    /// Its name.
    ///
    /// # Panics
    /// If the table names no image, which a test rules out.
    #[must_use]
    pub fn name(self, of: Distribution) -> ImageName {
        filled(self.name, of).parse().expect("the table names images")
    }

    /// The tag that it has where the lock knows none.
    ///
    /// # Panics
    /// If the table has no tag, which a test rules out.
    #[must_use]
    pub fn tag(self, of: Distribution) -> Tag {
        filled(self.tag, of).parse().expect("the table has tags")
    }

    /// Whether a tag of it is of the distribution: where its name does not tell, the tag must.
    #[must_use]
    pub fn is_of(self, of: Distribution, tag: &Tag) -> bool {
        let is_named = self.name.contains("{number}");
        is_named || tag.as_str().split('-').any(|part| part == of.codename())
    }
}

fn filled(text: &str, of: Distribution) -> String {
    text.replace("{codename}", of.codename()).replace("{number}", of.number())
}

/// What a language's Dockerfile is made of.
#[derive(Debug)]
pub struct Preset {
    /// The language.
    pub language: Language,
    /// Its name, also that of its template.
    pub name: &'static str,
    /// The distribution of both images.
    pub distribution: Distribution,
    /// What the code is built in.
    pub builder: Base,
    /// What it runs on.
    pub runtime: Base,
}

/// Every language. A binary of Rust needs glibc, one of Go nothing. Java and .NET have no shell-free
/// images of Debian by their makers, so that both their images are of Ubuntu.
pub const LANGUAGES: &[Preset] = &[
    Preset {
        language: Language::Rust,
        name: "rust",
        distribution: Distribution::Debian13,
        builder: Base { name: "docker.io/library/rust", tag: "1.99.0-slim-{codename}" },
        runtime: Base { name: "gcr.io/distroless/cc-{number}", tag: "nonroot" },
    },
    Preset {
        language: Language::Go,
        name: "go",
        distribution: Distribution::Debian13,
        builder: Base { name: "docker.io/library/golang", tag: "1.26-{codename}" },
        runtime: Base { name: "gcr.io/distroless/static-{number}", tag: "nonroot" },
    },
    Preset {
        language: Language::Node,
        name: "node",
        distribution: Distribution::Debian13,
        builder: Base { name: "docker.io/library/node", tag: "24-{codename}-slim" },
        runtime: Base { name: "gcr.io/distroless/nodejs24-{number}", tag: "nonroot" },
    },
    Preset {
        language: Language::Python,
        name: "python",
        distribution: Distribution::Debian13,
        builder: Base { name: "docker.io/library/python", tag: "3.14-slim-{codename}" },
        runtime: Base { name: "docker.io/library/python", tag: "3.14-slim-{codename}" },
    },
    Preset {
        language: Language::Java,
        name: "java",
        distribution: Distribution::Ubuntu2404,
        builder: Base { name: "docker.io/library/maven", tag: "3.9-eclipse-temurin-25-{codename}" },
        runtime: Base { name: "docker.io/library/eclipse-temurin", tag: "25-jre-{codename}" },
    },
    Preset {
        language: Language::Dotnet,
        name: "dotnet",
        distribution: Distribution::Ubuntu2404,
        builder: Base { name: "mcr.microsoft.com/dotnet/sdk", tag: "10.0-{codename}" },
        runtime: Base { name: "mcr.microsoft.com/dotnet/aspnet", tag: "10.0-{codename}-chiseled" },
    },
];

/// The preset of a language.
///
/// # Panics
/// If the table lacks the language, which a test rules out.
#[must_use]
pub fn preset(language: Language) -> &'static Preset {
    let found = LANGUAGES.iter().find(|preset| preset.language == language);
    found.expect("the table has every language")
}

/// Where the program comes from with which an image without a shell is asked by HTTP. The official
/// image links it against a C library of its own unless its tag says another.
pub const BUSYBOX: (&str, &str) = ("docker.io/library/busybox", "1.38.0-musl");

/// Whether a tag of it holds a program that runs in any image.
#[must_use]
pub fn is_static_busybox(tag: &Tag) -> bool {
    tag.as_str().split('-').any(|part| matches!(part, "musl" | "uclibc"))
}

/// Programs that builds install: name and version where the lock knows none.
pub const TOOLS: &[(&str, &str)] = &[("cargo-chef", "0.1.78")];

/// The templates of Dockerfiles, by their path below `templates/`.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("dockerfile/closing.j2", include_str!("../../templates/dockerfile/closing.j2")),
    ("dockerfile/dockerignore.j2", include_str!("../../templates/dockerfile/dockerignore.j2")),
    ("dockerfile/dotnet.j2", include_str!("../../templates/dockerfile/dotnet.j2")),
    ("dockerfile/go.j2", include_str!("../../templates/dockerfile/go.j2")),
    ("dockerfile/java.j2", include_str!("../../templates/dockerfile/java.j2")),
    ("dockerfile/node.j2", include_str!("../../templates/dockerfile/node.j2")),
    ("dockerfile/python.j2", include_str!("../../templates/dockerfile/python.j2")),
    ("dockerfile/rust.j2", include_str!("../../templates/dockerfile/rust.j2")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_images_of_a_language_are_of_its_distribution() {
        for preset in LANGUAGES {
            for base in [preset.builder, preset.runtime] {
                let of = preset.distribution;
                assert!(base.is_of(of, &base.tag(of)), "{}: {}", preset.name, base.name(of));
            }
            let template = format!("dockerfile/{}.j2", preset.name);
            assert!(TEMPLATES.iter().any(|(path, _)| *path == template), "{template}");
        }
    }

    #[test]
    fn every_language_has_a_preset() {
        let schema = schemars::schema_for!(Language);
        let all = schema.as_value()["oneOf"].as_array().map_or(0, Vec::len);
        assert_eq!(all, LANGUAGES.len());
    }

    #[test]
    fn the_program_that_is_copied_runs_anywhere() {
        let tag = |text: &str| text.parse::<Tag>().expect("a tag");
        assert!(is_static_busybox(&tag(BUSYBOX.1)));
        assert!(!is_static_busybox(&tag("1.38.0")));
        assert!(!is_static_busybox(&tag("1.38.0-glibc")));
    }
}
