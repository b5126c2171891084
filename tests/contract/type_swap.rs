//! A value of another type is never turned into the one that is wanted: the way in by which a type confusion becomes
//! somebody else's query or page.

use std::fs;
use std::path::Path;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use terrier_shared::latest::section::{Section, SectionKind};

fn golden(kind: SectionKind) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("contract/golden/section/{}.json", kind.name()));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The ways to every text, number and truth below `value`, as JSON pointers (RFC 6901).
fn leaves(value: &Value, way: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, inner)| leaves(inner, &format!("{way}/{}", escaped(name)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, inner)| leaves(inner, &format!("{way}/{at}"), found));
        }
        // What is null may be anything of its type.
        Value::Null => {}
        _ => found.push(way.to_owned()),
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn decode(kind: SectionKind, body: &Value) -> Option<Value> {
    let raw = RawValue::from_string(body.to_string()).unwrap();
    Section::decode(kind, &raw).ok().map(|section| serde_json::to_value(&section).unwrap())
}

#[test]
fn every_value_of_another_type_is_refused_or_was_absent_and_none_is_made_into_text() {
    let mut tried = 0;
    for kind in SectionKind::ALL {
        let whole = golden(kind);
        let mut ways = Vec::new();
        leaves(&whole, "", &mut ways);
        for way in &ways {
            let original = whole.pointer(way).unwrap();
            for other in [json!({"a": 1}), json!(["a"]), json!(null), json!(7), json!("x"), json!(true)] {
                if std::mem::discriminant(&other) == std::mem::discriminant(original) {
                    continue;
                }
                let mut body = whole.clone();
                *body.pointer_mut(way).unwrap() = other.clone();
                let Some(read) = decode(kind, &body) else { continue };
                tried += 1;
                let now = read.pointer(way);
                let was_free = kind == SectionKind::Custom && now == Some(&other);
                let is_absent = other.is_null() && now.is_none_or(Value::is_null);
                let is_unknown = now == Some(&json!("unknown"));
                assert!(was_free || is_absent || is_unknown, "{kind}{way}: {other} became {now:?}");
            }
        }
    }
    assert!(tried > 100, "only {tried} were taken at all: is this every optional field?");
}
