//! The tables follow the distribution project's `reference_test.go` and `normalize_test.go`.

use super::*;
use crate::value::testing::{bad, good, refusal, round_trips};

const F64: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

#[test]
fn references_are_split_as_the_distribution_project_does() {
    // Input, registry, repository, tag, whether there is a digest.
    let sha256 = format!("@sha256:{F64}");
    let table = [
        ("test_com", "docker.io", "library/test_com", "", ""),
        ("test.com:tag", "docker.io", "library/test.com", "tag", ""),
        ("test.com:5000", "docker.io", "library/test.com", "5000", ""),
        ("test.com/repo:tag", "test.com", "repo", "tag", ""),
        ("test:5000/repo", "test:5000", "repo", "", ""),
        ("test:5000/repo:tag", "test:5000", "repo", "tag", ""),
        ("test:5000/repo", "test:5000", "repo", "", &sha256),
        ("test:5000/repo:tag", "test:5000", "repo", "tag", &sha256),
        ("lowercase:Uppercase", "docker.io", "library/lowercase", "Uppercase", ""),
        ("sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "bar/baz/quux", "", ""),
        (
            "sub-dom1.foo.com/bar/baz/quux:some-tag",
            "sub-dom1.foo.com",
            "bar/baz/quux",
            "some-tag",
            "",
        ),
        (
            "b.gcr.io/test.example.com/my-app:test.example.com",
            "b.gcr.io",
            "test.example.com/my-app",
            "test.example.com",
            "",
        ),
        ("xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "myimage", "xn--n3h.com", ""),
        ("foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080", ""),
        ("foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", "8080", ""),
        ("192.168.1.1", "docker.io", "library/192.168.1.1", "", ""),
        ("192.168.1.1:5000", "docker.io", "library/192.168.1.1", "5000", ""),
        ("192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "repo", "5050", ""),
        ("[2001:db8::1]/repo", "[2001:db8::1]", "repo", "", ""),
        ("[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "repo", "tag", ""),
        ("[2001:db8::1]:5000/repo:tag", "[2001:db8::1]:5000", "repo", "tag", &sha256),
        ("[::1]:5000/x", "[::1]:5000", "x", "", ""),
        ("localhost:5000/a", "localhost:5000", "a", "", ""),
        ("localhost/a", "localhost", "a", "", ""),
        ("a.b/c", "a.b", "c", "", ""),
        ("test_com/foo", "docker.io", "test_com/foo", "", ""),
        ("docker/migrator", "docker.io", "docker/migrator", "", ""),
        ("index.docker.io/debian", "docker.io", "library/debian", "", ""),
        ("docker.io/library/foo/bar", "docker.io", "library/foo/bar", "", ""),
        ("docker---rules/docker", "docker.io", "docker---rules/docker", "", ""),
        ("dock__er/docker", "docker.io", "dock__er/docker", "", ""),
        ("d/docker", "docker.io", "d/docker", "", ""),
        ("busybox:latest", "docker.io", "library/busybox", "latest", &sha256),
    ];
    for (text, registry, repository, tag, digest) in table {
        let text = format!("{text}{digest}");
        let image: ImageReference = text.parse().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(image.name().registry(), registry, "registry of {text}");
        assert_eq!(image.name().repository(), repository, "repository of {text}");
        assert_eq!(image.tag().map_or("", Tag::as_str), tag, "tag of {text}");
        assert_eq!(image.digest().map_or("", Digest::as_str), digest.trim_start_matches('@'));
        assert_eq!(image.is_latest(), tag == "latest");
        let colon = if tag.is_empty() { "" } else { ":" };
        let canonical = format!("{registry}/{repository}{colon}{tag}{digest}");
        good::<ImageReference>(&[(&text, &canonical)]);
    }
}

#[test]
fn familiar_forms() {
    for (text, familiar, canonical) in [
        ("fooo/bar", "fooo/bar", "docker.io/fooo/bar"),
        ("library/ubuntu", "ubuntu", "docker.io/library/ubuntu"),
        ("nonlibrary/ubuntu", "nonlibrary/ubuntu", "docker.io/nonlibrary/ubuntu"),
        ("docker.io/foo", "foo", "docker.io/library/foo"),
        ("library/foo/bar", "library/foo/bar", "docker.io/library/foo/bar"),
        (
            "index.docker.io/library/ubuntu-12.04-base",
            "ubuntu-12.04-base",
            "docker.io/library/ubuntu-12.04-base",
        ),
        ("127.0.0.1:8000/privatebase", "127.0.0.1:8000/privatebase", "127.0.0.1:8000/privatebase"),
        (
            "example.com/private/moonbase",
            "example.com/private/moonbase",
            "example.com/private/moonbase",
        ),
    ] {
        good::<ImageName>(&[(text, canonical), (familiar, canonical)]);
        let name: ImageName = text.parse().unwrap();
        assert_eq!(name.familiar(), familiar);
        let image: ImageReference = format!("{text}:1").parse().unwrap();
        assert_eq!(image.familiar(), format!("{familiar}:1"));
        assert_eq!(image, ImageReference::new(name, "1".parse().ok(), None));
    }
}

#[test]
fn no_tag_is_not_latest() {
    let image = |text: &str| text.parse::<ImageReference>().unwrap();
    assert_eq!(image("redis").tag(), None);
    assert!(!image("redis").is_latest());
    assert!(image("redis:latest").is_latest());
    assert_ne!(image("redis"), image("redis:latest"));
}

#[test]
fn what_the_distribution_project_refuses_is_refused() {
    let short = format!("repo@sha256:{}", &F64[..32]);
    let unknown = format!("validname@invaliddigest:{F64}");
    let no_name = format!("@sha256:{F64}");
    let long = "a/".repeat(128) + "a";
    for text in [
        "",
        ":justtag",
        &no_name,
        &short,
        &unknown,
        "Uppercase:tag",
        "test:5000/Uppercase/lowercase:tag",
        &long,
        "aa/asdf$$^/aa",
        "[2001:db8::1]",
        "[2001:db8::1]:5000",
        "[2001:db8::1]:tag",
        "[fe80::1%eth0]:5000/repo",
        "[fe80::1%@invalidzone]:5000/repo",
        "[2001:db8:3:4::192.0.2.33]:5000/debian",
        "fc00::1:5000/debian",
        "https://github.com/docker/docker",
        "docker/Docker",
        "-docker",
        "-docker/docker",
        "docker-/docker",
        "-docker.io/docker/docker",
        "docker///docker",
        "docker.io/docker///docker",
        "____/____",
        "_docker/_docker",
        "dock..er/docker",
        "dock_.er/docker",
        "dock-.er/docker",
        "dock___er/docker",
        "docker/",
        F64,
    ] {
        assert!(text.parse::<ImageReference>().is_err(), "{text:?} is accepted");
        assert!(text.parse::<ImageName>().is_err(), "{text:?} is accepted as a name");
    }
}

#[test]
fn messages() {
    bad::<ImageReference>(&[
        ("", "`` is not an image: it is empty"),
        (
            "Api:1",
            "`Api:1` is not an image: `A` is not a lower-case letter, a digit, `.`, `_` or `-`\
             \nhelp: write `api:1`",
        ),
        (
            "GHCR.io/a:1",
            "`GHCR.io/a:1` is not an image: `G` is not a lower-case letter, a digit or `-` in a \
             registry\nhelp: write `ghcr.io/a:1`",
        ),
        (
            "https://ghcr.io/a/b:1",
            "`https://ghcr.io/a/b:1` is not an image: `https://` is not part of it\
             \nhelp: write `ghcr.io/a/b:1`",
        ),
        (
            "a:b:c",
            "`a:b:c` is not an image: `:` is not a lower-case letter, a digit, `.`, `_` or `-`",
        ),
        ("redis:", "`redis:` is not an image: `` is not a tag: it is empty"),
        ("a//b", "`a//b` is not an image: a part of its path is empty"),
        ("a..b/c", "`a..b/c` is not an image: a part of the registry is empty"),
        ("c/a..b", "`c/a..b` is not an image: `..` separates no words; `.`, `_`, `__`, `-` do"),
        ("a/-b", "`a/-b` is not an image: `-b` starts with `-`, not with a letter or digit"),
        ("a:70000/b", "`a:70000/b` is not an image: `70000` is not a port"),
        (
            "redis@sha256:abc",
            "`redis@sha256:abc` is not an image: `sha256:abc` is not a digest: it has 3 \
             hexadecimal digits, sha256 has 64",
        ),
        (F64, &format!("`{F64}` is not an image: 64 hexadecimal digits are an image's id")),
    ]);
    bad::<ImageName>(&[
        (
            "redis:8",
            "`redis:8` is not an image's name without tag: it has a tag\nhelp: write `redis`",
        ),
        (
            "ghcr.io/A",
            "`ghcr.io/A` is not an image's name without tag: `A` is not a lower-case letter, a \
             digit, `.`, `_` or `-`\nhelp: write `ghcr.io/a`",
        ),
    ]);
    assert_eq!(
        refusal::<ImageReference>(18.into()),
        "`18` is a number, an image is wanted\nhelp: write `\"18\"`"
    );
}

#[test]
fn what_the_pattern_matches_round_trips() {
    round_trips::<ImageName>();
    round_trips::<ImageReference>();
}
