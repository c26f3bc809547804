//! How vectors are written down: bytes as lower-case hexadecimal digits, everything else as JSON has it.

use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Compares with the file, or writes it where it is missing and that was asked for.
pub(crate) fn keeps(name: &str, about: &str, vectors: Vec<Value>) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests", "vectors", name].iter().collect();
    let now = json!({ "about": about, "vectors": vectors });
    if std::env::var_os("ZHUJI_WRITE_VECTORS").is_some() && !path.exists() {
        let text = serde_json::to_string_pretty(&now).expect("it is JSON");
        std::fs::write(&path, text + "\n").expect("written");
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{name} is not kept yet"));
    let kept: Value = serde_json::from_str(&text).expect("JSON");
    let (kept, now) = (&kept["vectors"], &now["vectors"]);
    let count = kept.as_array().map_or(0, Vec::len);
    for at in 0..count {
        assert_eq!(kept[at], now[at], "{name}, vector {at}");
    }
    assert_eq!(now.as_array().map(Vec::len), Some(count), "{name} has other vectors");
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Fields whose numbers are bytes.
const BYTES: [&str; 17] = [
    "authority",
    "bytes",
    "certificate",
    "chain",
    "csr",
    "digest",
    "down_incarnation",
    "incarnation",
    "key",
    "made_of",
    "payload",
    "process",
    "root",
    "secret",
    "signature",
    "subkey",
    "vouched",
];

/// A structure's fields by name, as serde names them; lists of bytes as hexadecimal digits.
pub(crate) fn fields(structure: &impl serde::Serialize) -> Value {
    readable("", serde_json::to_value(structure).expect("it has fields"))
}

fn readable(name: &str, value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let object = object.into_iter().map(|(name, value)| {
                let value = readable(&name, value);
                (name, value)
            });
            Value::Object(object.collect::<Map<_, _>>())
        }
        Value::Array(items) => match as_bytes(&items) {
            Some(bytes) if BYTES.contains(&name) || bytes.len() == 16 || bytes.len() == 32 => {
                json!(hex(&bytes))
            }
            _ => Value::Array(items.into_iter().map(|item| readable(name, item)).collect()),
        },
        other => other,
    }
}

/// The bytes that numbers are, or halves of bytes one after another.
fn as_bytes(items: &[Value]) -> Option<Vec<u8>> {
    let byte = |item: &Value| item.as_u64().and_then(|number| u8::try_from(number).ok());
    items.iter().map(byte).collect()
}
