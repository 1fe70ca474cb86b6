//! Other programs that are used when they are there. Nothing else starts a program.

pub mod git;
