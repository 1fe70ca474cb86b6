//! Objects made from the tables, and ways to damage them.

use super::table::{Definition, Id, Scalar, Shape, Table, Type};
use serde_json::{Map, Value, json};

/// Makes values; the same seed makes the same values.
pub(super) struct Samples<'a> {
    table: &'a Table,
    seed: u64,
    /// The definitions around the value in the making.
    around: Vec<Id>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(table: &'a Table, seed: u64) -> Self {
        Self { table, seed, around: Vec::new() }
    }

    /// A number below a limit.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.seed;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((bits ^ (bits >> 31)) % limit as u64).unwrap()
    }

    /// A valid value of a definition, with each optional field in `percent` of cases.
    pub(super) fn definition(&mut self, id: Id, percent: usize) -> Value {
        let fields = match self.table.definition(id) {
            Definition::Alias(of) => return self.value(of, percent),
            Definition::Fields(fields) => fields,
        };
        if self.around.contains(&id) {
            return Value::Null;
        }
        self.around.push(id);
        let mut map = Map::new();
        for field in &fields.all {
            if field.required || self.below(100) < percent {
                let value = match field.allowed {
                    Some(allowed) => json!(allowed.split(',').next().unwrap()),
                    None => self.value(&field.of, percent),
                };
                map.insert(field.name.to_owned(), value);
            }
        }
        self.around.pop();
        Value::Object(map)
    }

    fn value(&mut self, of: &Type, percent: usize) -> Value {
        if of.nullable && self.below(20) == 0 {
            return Value::Null;
        }
        match &of.shape {
            Shape::Definition(id) => self.definition(*id, percent),
            Shape::List(items) => (0..=self.below(2)).map(|_| self.value(items, percent)).collect(),
            Shape::Map(values) => json!({"some/key~": self.value(values, percent)}),
            Shape::Any => self.anything(),
            Shape::Object => json!({"free": self.anything()}),
            Shape::TextOrInteger => [json!(8080), json!("25%")][self.below(2)].clone(),
            Shape::TextOrNumber => [json!(0.5), json!("1Gi"), json!(2)][self.below(3)].clone(),
            Shape::Scalar(scalar) => match scalar {
                Scalar::Text => json!("text"),
                Scalar::Byte => json!("dGV4dA=="),
                Scalar::DateTime => json!("2026-11-22T00:00:00Z"),
                Scalar::Integer | Scalar::Int32 | Scalar::Int64 => json!(1),
                Scalar::Number | Scalar::Double => json!(1.5),
                Scalar::Boolean => json!(true),
            },
        }
    }

    fn anything(&mut self) -> Value {
        let pool = pool();
        let at = self.below(pool.len());
        pool[at].clone()
    }

    /// Damages a value in one place, most of the time so that it is no longer valid.
    pub(super) fn damage(&mut self, value: &mut Value) {
        let at = self.below(count(value));
        let other = self.anything();
        let how = self.below(4);
        let seed = self.below(1000);
        visit(value, &mut { at }, &mut |value| match value {
            Value::Object(map) if how == 0 => {
                map.insert("unknownField".to_owned(), other.clone());
            }
            Value::Object(map) if how == 1 && !map.is_empty() => {
                let key = map.keys().nth(seed % map.len()).unwrap().clone();
                map.remove(&key);
            }
            Value::Object(map) if how == 2 && !map.is_empty() => {
                let key = map.keys().nth(seed % map.len()).unwrap().clone();
                let value = map.remove(&key).unwrap();
                map.insert(key.to_uppercase(), value);
            }
            value => *value = other.clone(),
        });
    }
}

/// One value of each sort, and those at the borders between sorts.
pub(super) fn pool() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(1.0),
        json!(1.5),
        json!(1e30),
        json!(-0.0),
        json!(""),
        json!("text"),
        json!("8080"),
        json!([]),
        json!([null]),
        json!(["text"]),
        json!([1.5]),
        json!([{}]),
        json!({}),
        json!({"a": null}),
        json!({"a": "text"}),
        json!({"a": 1}),
        json!({"a": ["text", null]}),
    ]
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum::<usize>(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// Calls `change` on the value that comes `left` values after this one.
fn visit(value: &mut Value, left: &mut usize, change: &mut impl FnMut(&mut Value)) -> bool {
    if *left == 0 {
        change(value);
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(values) => values.iter_mut().any(|value| visit(value, left, change)),
        Value::Object(map) => map.values_mut().any(|value| visit(value, left, change)),
        _ => false,
    }
}
