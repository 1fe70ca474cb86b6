//! Reading the project's files: bytes to text, text to located trees.

pub mod yaml;
