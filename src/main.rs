//! The command line of `iac`.

fn main() {}
