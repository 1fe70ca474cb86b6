//! Tests of the schemas.
