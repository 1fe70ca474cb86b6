//! Values that are right by construction: each is parsed once, where it stands in a file, and no
//! later stage can meet a wrong one.
//!
//! Every value has a canonical text ([`Display`](std::fmt::Display)), which is what is written,
//! and an error that says what was found, what is allowed and what to write instead
//! ([`ValueError`]).

mod bytes;
mod capability;
mod cidr;
mod cpu;
mod cron;
mod digest;
mod duration;
mod error;
mod host;
mod image;
mod key;
mod label;
mod name;
mod object;
mod path;
mod percent;
mod pointer;
mod port;
mod program;
mod quantity;
mod registry;
mod scalar;
mod store;
#[cfg(test)]
mod testing;
mod time_zone;
mod version;

pub use bytes::Bytes;
pub use capability::Capability;
pub use cidr::Cidr;
pub use cpu::Cpu;
pub use cron::Schedule;
pub use digest::{Digest, Tag};
pub use duration::Duration;
pub use error::ValueError;
pub(crate) use error::quoted;
pub use host::Host;
pub use image::{ImageName, ImageReference};
pub use key::{EnvName, SecretKey};
pub use label::{LabelKey, LabelValue};
pub use name::{Name, Namespace, PortName};
pub use object::{KindName, ObjectName};
pub use path::{AbsolutePath, RelativePath, UrlPath};
pub use percent::Percent;
pub use pointer::Pointer;
pub use port::Port;
pub use program::{Program, RepositoryUrl};
pub use quantity::{Notation, Quantity};
pub use registry::Registry;
pub use store::StorePath;
pub use time_zone::TimeZone;
pub use version::KubernetesVersion;
