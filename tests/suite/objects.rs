//! The files of objects in the tree that is judged, and the objects in them.

use crate::judged::Judged;
use camino::{Utf8Path, Utf8PathBuf};
use iac::model::Stack;
use serde::Deserialize;
use serde_json::Value;
use std::fs;

impl Judged {
    /// The files of a stack that hold objects, in order. A kustomization is none.
    pub(crate) fn files(&self, stack: &Stack) -> Vec<Utf8PathBuf> {
        let entries = self.folder(stack).read_dir_utf8().unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().into_path()).collect();
        files.retain(|file| file.file_name() != Some("kustomization.yaml"));
        files.sort();
        files
    }

    /// An object in a file below out/.
    pub(crate) fn object(&self, file: &str, kind: &str, name: &str) -> Option<Value> {
        let text = fs::read_to_string(self.out().join(file)).ok()?;
        // Up to the first fault: behind it, the reader would say the same fault for ever.
        serde_yaml::Deserializer::from_str(&text)
            .map_while(|document| Value::deserialize(document).ok())
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    /// A path as findings name it.
    pub(crate) fn below_out(&self, path: &str) -> String {
        let path = Utf8Path::new(path);
        path.strip_prefix(self.out()).unwrap_or(path).to_string()
    }
}
