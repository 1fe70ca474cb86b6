//! The keys of layers' types, to tell a key that does not exist from one that stands elsewhere.

use crate::layer::{
    Elsewhere, ElsewhereOverride, Expose, ExposeOverride, External, ExternalOverride, Init,
    InitOverride, Migrate, MigrateOverride, Override, Probe, ProbeTimes, Secret, SecretOverride,
    Service, SharedVolume, SharedVolumeOverride, Sidecar, SidecarOverride, System, SystemOverride,
    Use, UseOverride, Volume, VolumeOverride,
};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// Keys as serde names them.
type Keys = &'static [&'static str];

/// Whether a key is one that a system says and an environment cannot. `allowed` are the keys of
/// the type at hand.
pub(super) fn only_in_system(key: &str, allowed: Keys) -> bool {
    pairs().iter().any(|(narrow, wide)| *narrow == allowed && wide.contains(&key))
}

/// Whether a key is one that an environment says and a system cannot.
pub(super) fn only_in_environments(key: &str, allowed: Keys) -> bool {
    pairs().iter().any(|(narrow, wide)| *wide == allowed && narrow.contains(&key))
}

/// The keys of what an environment may say of something, and of what a system may.
fn pairs() -> [(Keys, Keys); 13] {
    [
        (of::<Override>(), of::<Service>()),
        (of::<UseOverride>(), of::<Use>()),
        (of::<VolumeOverride>(), of::<Volume>()),
        (of::<SecretOverride>(), of::<Secret>()),
        (of::<ProbeTimes>(), of::<Probe>()),
        (of::<ExposeOverride>(), of::<Expose>()),
        (of::<ElsewhereOverride>(), of::<Elsewhere>()),
        (of::<ExternalOverride>(), of::<External>()),
        (of::<SharedVolumeOverride>(), of::<SharedVolume>()),
        (of::<SystemOverride>(), of::<System>()),
        (of::<SidecarOverride>(), of::<Sidecar>()),
        (of::<InitOverride>(), of::<Init>()),
        (of::<MigrateOverride>(), of::<Migrate>()),
    ]
}

fn of<T: for<'de> Deserialize<'de>>() -> Keys {
    T::deserialize(Asker).err().map_or(&[], |Answer(keys)| keys)
}

/// Asks a type for its keys, and reads nothing.
struct Asker;

/// The keys, which come as an error.
#[derive(Debug)]
struct Answer(Keys);

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Answer {}

impl Error for Answer {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for Asker {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Answer> {
        Err(Answer(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: Keys,
        _: V,
    ) -> Result<V::Value, Answer> {
        Err(Answer(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum newtype_struct option identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_system_is_told_from_one_that_does_not_exist() {
        assert!(only_in_system("ports", of::<Override>()));
        assert!(only_in_system("path", of::<ProbeTimes>()));
        assert!(!only_in_system("prots", of::<Override>()));
        assert!(!only_in_system("ports", of::<Service>()));
        assert!(only_in_environments("same", of::<Expose>()));
        assert!(!only_in_environments("same", of::<Use>()));
    }
}
