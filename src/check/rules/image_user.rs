//! An image runs as the user of its pods, by number.

use crate::check::dockerfile::Dockerfiles;
use crate::check::{Asks, Problems, Rule};
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule {
    id: "image-user",
    severity: Severity::Error,
    title: "an image runs as a user by number, that of its pods",
    why: "A kubelet cannot tell whether a name is root, and folders in the image belong to a number.",
    mend: "say USER with the numbers of user and group",
    bad: BAD,
    good: GOOD,
    asks: Asks::Dockerfiles(check),
};

fn check(files: &Dockerfiles<'_>, problems: &mut Problems<'_>) {
    for (index, file) in files.all.iter().enumerate() {
        let Some(user) = file.last("USER") else {
            problems.at(index, "", "it says no user, so that its program runs as root");
            continue;
        };
        let numbers: Result<Vec<u32>, _> = user.split(':').map(str::parse).collect();
        if numbers.is_err() {
            problems.at(index, "", format!("the user `{user}` is a name, and no number"));
        } else if let Some(image) = files.expected.get(file.path())
            && image.user != user
        {
            problems.at(index, "", format!("it runs as {user}, and its pods as {}", image.user));
        }
    }
}

const GOOD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER 1000:1000
EXPOSE 8080/tcp
";

const BAD: &str = "\
FROM gcr.io/distroless/static-debian13:nonroot
USER shop
EXPOSE 8080/tcp
";
