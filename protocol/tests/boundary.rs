//! The pure part of `protocol` does no I/O, reads no clock and spawns nothing: a boundary is what a part does not know.

use std::fs;
use std::path::{Path, PathBuf};

/// Only these two touch the world: sockets and terminals.
const OUTSIDE: [&str; 2] = ["transport", "console"];

const OUTSIDERS: [&str; 12] = [
    "tokio",
    "quinn",
    "rusqlite",
    "std::net",
    "std::fs",
    "std::io::std",
    "std::thread",
    "std::env",
    "SystemTime",
    "::now()",
    "println!",
    "SystemRandom",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are here") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The shipped part of a file: tests may read golden files and clocks.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[test]
fn only_transport_and_console_touch_the_world() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 30, "only {} sources were found", found.len());
    let mut breaches = Vec::new();
    for path in found {
        let place = path.strip_prefix(&root).expect("it lies below").to_owned();
        let first = place.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
        let is_test =
            place.file_stem().is_some_and(|stem| stem == "tests") || place.iter().any(|part| part == "tests");
        if OUTSIDE.contains(&first.trim_end_matches(".rs")) || is_test {
            continue;
        }
        let text = fs::read_to_string(&path).expect("it reads");
        for (number, line) in shipped(&text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            for outsider in OUTSIDERS {
                if code.contains(outsider) {
                    breaches.push(format!("{}:{}: {outsider}", place.display(), number + 1));
                }
            }
        }
    }
    assert_eq!(breaches, Vec::<String>::new());
}
