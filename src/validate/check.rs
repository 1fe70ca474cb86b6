//! Walks an object beside its schema.

use super::table::{Definition, Field, Fields, Id, Scalar, Shape, Type};
use super::{Problem, Schemas, unknown};
use serde_json::{Map, Number, Value};
use std::fmt::Write as _;

/// All faults of an object of a kind.
pub(super) fn object(schemas: &Schemas, definition: Id, object: &Value) -> Vec<Problem> {
    let mut walk = Walk { schemas, problems: Vec::new() };
    match (schemas.table.definition(definition), object) {
        (Definition::Fields(fields), Value::Object(map)) => {
            walk.fields(definition, fields, map, &Path::Root);
        }
        _ => walk.wrong(object, "a map", &Path::Root),
    }
    walk.problems
}

/// The way to a value; it becomes a text only when there is a problem.
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        match self {
            Self::Root => {}
            Self::Key(parent, key) => {
                parent.write(text);
                text.push('/');
                text.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Self::Item(parent, index) => {
                parent.write(text);
                // Writing to a text cannot fail.
                let _ = write!(text, "/{index}");
            }
        }
    }
}

struct Walk<'a> {
    schemas: &'a Schemas,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn value(&mut self, of: &Type, value: &Value, path: &Path<'_>) {
        if let Shape::Definition(id) = of.shape {
            return self.defined(id, value, path);
        }
        if of.nullable && value.is_null() {
            return;
        }
        match (&of.shape, value) {
            (Shape::List(items), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.value(items, value, &Path::Item(path, index));
                }
            }
            (Shape::Map(inner), Value::Object(map)) => {
                for (key, value) in map {
                    self.value(inner, value, &Path::Key(path, key));
                }
            }
            (shape, value) => {
                if !fits(shape, value) {
                    self.wrong(value, self.schemas.words(of), path);
                }
            }
        }
    }

    fn defined(&mut self, id: Id, value: &Value, path: &Path<'_>) {
        match self.schemas.table.definition(id) {
            Definition::Alias(of) => self.value(of, value, path),
            Definition::Fields(fields) => match value {
                Value::Object(map) => self.fields(id, fields, map, path),
                Value::Null => {}
                _ => self.wrong(value, "a map", path),
            },
        }
    }

    fn fields(&mut self, id: Id, fields: &Fields, map: &Map<String, Value>, path: &Path<'_>) {
        let mut required = 0;
        for (key, value) in map {
            let path = Path::Key(path, key);
            let Some(field) = fields.get(key) else {
                let message = unknown::field(self.schemas, id, fields, key);
                self.problem(&path, message);
                continue;
            };
            required += usize::from(field.required);
            let before = self.problems.len();
            self.value(&field.of, value, &path);
            if self.problems.len() == before {
                self.allowed(field, value, &path);
            }
        }
        if required < fields.required {
            for field in fields.all.iter().filter(|field| field.required) {
                if !map.contains_key(field.name) {
                    let what = self.schemas.words(&field.of);
                    let title = self.schemas.title(id);
                    let name = field.name;
                    self.problem(path, format!("missing field `{name}` ({what}) in {title}"));
                }
            }
        }
    }

    fn allowed(&mut self, field: &Field, value: &Value, path: &Path<'_>) {
        let Some(allowed) = field.allowed else { return };
        let found = value.as_str();
        if found.is_some_and(|found| allowed.split(',').any(|each| each == found)) {
            return;
        }
        let allowed = allowed.split(',').map(|each| format!("`{each}`")).collect::<Vec<_>>();
        let found = found.map_or_else(|| kind_of(value).to_owned(), |found| format!("`{found}`"));
        self.problem(path, format!("found {found}, allowed: {}", allowed.join(", ")));
    }

    fn wrong(&mut self, value: &Value, allowed: &str, path: &Path<'_>) {
        self.problem(path, format!("found {}, allowed: {allowed}", kind_of(value)));
    }

    fn problem(&mut self, path: &Path<'_>, message: String) {
        self.problems.push(Problem { pointer: path.pointer(), message });
    }
}

/// Whether a value has a shape; the parts of lists and maps are looked at elsewhere.
fn fits(shape: &Shape, value: &Value) -> bool {
    let whole = || matches!(value, Value::Number(number) if is_whole(number));
    match shape {
        Shape::Any => true,
        Shape::Scalar(scalar) => match scalar {
            Scalar::Text | Scalar::Byte | Scalar::DateTime => value.is_string(),
            Scalar::Integer | Scalar::Int32 | Scalar::Int64 => whole(),
            Scalar::Number | Scalar::Double => value.is_number(),
            Scalar::Boolean => value.is_boolean(),
        },
        Shape::TextOrInteger => value.is_string() || whole(),
        Shape::TextOrNumber => value.is_string() || value.is_number(),
        Shape::List(_) => value.is_array(),
        Shape::Object | Shape::Map(_) | Shape::Definition(_) => value.is_object(),
    }
}

/// JSON Schema calls `1.0` an integer.
fn is_whole(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// What a value is, for messages.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if is_whole(number) => "a whole number",
        Value::Number(_) => "a number with a fraction",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

impl Schemas {
    /// What a type allows, for messages.
    fn words(&self, of: &Type) -> &'static str {
        match self.resolve(of).shape {
            Shape::Any => "anything",
            Shape::Scalar(Scalar::Text) => "text",
            Shape::Scalar(Scalar::Byte) => "text in base64",
            Shape::Scalar(Scalar::DateTime) => "text with a date and time",
            Shape::Scalar(Scalar::Integer | Scalar::Int32 | Scalar::Int64) => "a whole number",
            Shape::Scalar(Scalar::Number | Scalar::Double) => "a number",
            Shape::Scalar(Scalar::Boolean) => "true or false",
            Shape::TextOrInteger => "text or a whole number",
            Shape::TextOrNumber => "text or a number",
            Shape::List(_) => "a list",
            Shape::Object | Shape::Map(_) | Shape::Definition(_) => "a map",
        }
    }
}

/// All faults of a value of a definition.
#[cfg(test)]
pub(super) fn part(schemas: &Schemas, definition: Id, value: &Value) -> Vec<Problem> {
    let mut walk = Walk { schemas, problems: Vec::new() };
    walk.defined(definition, value, &Path::Root);
    walk.problems
}
