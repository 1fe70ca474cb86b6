//! Tables and properties that every value is tested with.

use super::error::ValueError;
use super::scalar::{Numbers, Scalar, schema};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::cell::Cell;
use std::fmt::Debug;
use std::str::FromStr;

fn validator<T: Scalar>() -> jsonschema::Validator {
    jsonschema::validator_for(schema::<T>().as_value()).expect("the schema compiles")
}

/// Each text is accepted, by the schema too, and has this canonical form.
#[track_caller]
pub(super) fn good<T>(table: &[(&str, &str)])
where
    T: Scalar + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let validator = validator::<T>();
    let examples = T::EXAMPLES.iter().map(|example| (*example, None));
    let table = table.iter().map(|(text, canonical)| (*text, Some(*canonical)));
    for (text, canonical) in table.chain(examples) {
        let value: T = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
        if let Some(canonical) = canonical {
            assert_eq!(value.to_string(), canonical, "canonical form of {text:?}");
        }
        assert_eq!(value.to_string().parse::<T>().as_ref(), Ok(&value), "{text:?} again");
        let json = serde_json::to_value(&value).expect("a value serialises");
        assert_eq!(json, Value::String(value.to_string()));
        assert_eq!(serde_json::from_value::<T>(json.clone()).expect("and back"), value);
        assert!(validator.is_valid(&text.into()), "the schema refuses {text:?}");
        assert!(validator.is_valid(&json), "the schema refuses {json}");
    }
}

/// Each text is refused with exactly this message.
#[track_caller]
pub(super) fn bad<T: FromStr<Err = ValueError> + Debug>(table: &[(&str, &str)]) {
    for (text, message) in table {
        match text.parse::<T>() {
            Ok(value) => panic!("{text:?} is accepted as {value:?}"),
            Err(error) => assert_eq!(error.to_string(), *message, "message for {text:?}"),
        }
    }
}

/// The message that a JSON value gets.
#[track_caller]
pub(super) fn refusal<T: DeserializeOwned + Debug>(json: Value) -> String {
    serde_json::from_value::<T>(json).expect_err("it is refused").to_string()
}

/// Characters that mean something in one value or another.
const NEARLY: [char; 20] = [
    'a', 'Z', '0', '9', '-', '_', '.', '/', ':', '@', '%', '+', '?', '*', ',', '\\', ' ', '\n',
    '[', 'é',
];

/// Texts that match the pattern: the canonical form of what is accepted is that same value, is its
/// own canonical form, and matches the pattern. Most of them are accepted, so that editors help.
#[track_caller]
pub(super) fn round_trips<T>()
where
    T: Scalar + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let validator = validator::<T>();
    let pattern = T::PATTERN.trim_start_matches('^').trim_end_matches('$');
    // Short texts, so that few are refused for their length alone.
    let short = [("]+", "]{1,3}"), ("]*", "]{0,3}"), (")*", "){0,2}"), ("-+", "-{1,3}")]
        .iter()
        .fold(pattern.to_owned(), |pattern, (any, few)| pattern.replace(any, few));
    let texts = proptest::string::string_regex(&short).expect("the pattern generates");
    let config = Config { failure_persistence: None, ..Config::default() };
    let random = TestRng::deterministic_rng(config.rng_algorithm);
    let (accepted, all) = (Cell::new(0), Cell::new(0));
    TestRunner::new_with_rng(config.clone(), random.clone())
        .run(&texts, |text| {
            all.set(all.get() + 1);
            if let Ok(value) = text.parse::<T>() {
                accepted.set(accepted.get() + 1);
                let canonical = value.to_string();
                let again = canonical.parse::<T>();
                assert_eq!(again.as_ref(), Ok(&value), "{text:?} as {canonical:?}");
                assert_eq!(again.map(|value| value.to_string()), Ok(canonical.clone()));
                assert!(validator.is_valid(&canonical.into()), "schema refuses {text:?}");
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    // One character off: what is still accepted, the schema accepts too.
    let nearly = (&texts, any::<Index>(), prop::sample::select(&NEARLY[..]));
    TestRunner::new_with_rng(config, random)
        .run(&nearly, |(text, index, other)| {
            let mut characters: Vec<char> = text.chars().collect();
            characters.insert(index.index(characters.len() + 1), other);
            let text: String = characters.into_iter().collect();
            if text.parse::<T>().is_ok() {
                assert!(validator.is_valid(&text.clone().into()), "the schema refuses {text:?}");
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let (accepted, all) = (accepted.get(), all.get());
    assert!(accepted * 2 > all, "only {accepted} of {all} are accepted: {pattern}");
}

/// A number, true and null are no text: the message says what is wanted, and proposes quotes.
#[track_caller]
pub(super) fn wants_quotes<T>(number: i64)
where
    T: Scalar + DeserializeOwned + Debug,
{
    assert!(T::NUMBERS == Numbers::Quote);
    assert_eq!(
        refusal::<T>(number.into()),
        format!("`{number}` is a number, {} is wanted\nhelp: write `\"{number}\"`", T::WHAT)
    );
}
