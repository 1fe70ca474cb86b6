//! Files that services mount, as configs.

use super::Assembled;
use super::mount::mounted as at;
use super::plain;
use super::spec::{Mounted, Source};
use crate::fileset::{File, FileSet};
use crate::model::{Service, Stack, names_in_volume};
use crate::value::AbsolutePath;

/// The folder beside the Compose file that holds them.
const FOLDER: &str = "files";

/// The names of a service's files, in their order.
fn names(service: &Service) -> Vec<String> {
    let paths: Vec<&AbsolutePath> = service.files.iter().map(|file| &file.path).collect();
    names_in_volume(&paths)
}

/// What a container of a service mounts.
pub(super) fn mounted(service: &Service, assembled: &mut Assembled) -> Vec<Mounted> {
    let mut mounted = Vec::new();
    for (name, file) in names(service).into_iter().zip(&service.files) {
        let config = format!("{}.{name}", service.name);
        let source = Source { file: format!("./{FOLDER}/{}/{name}", service.name) };
        mounted.push(at(&config, file.path.as_str()));
        assembled.configs.insert(config, source);
    }
    mounted
}

/// Writes the files of a service below the folder of its Compose file.
pub(super) fn write(stack: &Stack, service: &Service, folder: &str, files: &mut FileSet) {
    for (name, file) in names(service).into_iter().zip(&service.files) {
        let path = format!("{folder}/{FOLDER}/{}/{name}", service.name);
        // As it stands: it is the user's own text, or in a form that knows no comments.
        let file = File {
            executable: file.mode & 0o111 != 0,
            named_by: Some(format!("{folder}/compose.yaml").into()),
            ..File::text(plain::text(stack, &file.text))
        };
        files.add_named(path, file);
    }
}
