//! An office at its desk: the shipped program, run against a store in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The day on which the stories happen.
pub(crate) const TODAY: &str = "2026-11-20";

/// An office with a store.
pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    /// Yuanjiang's office under its own policy, with nobody recorded.
    pub(crate) fn new() -> Self {
        Self::under(Some("yuanjiang-2015"))
    }

    /// An office under a policy, or none.
    pub(crate) fn under(policy: Option<&str>) -> Self {
        let office = Self { folder: tempfile::tempdir().expect("a folder") };
        let mut words = vec!["init", "--unit", "430981000000", "--name", "沅江市", "--level", "county"];
        words.extend(policy.iter().flat_map(|policy| ["--policy", policy]));
        office.does(&words);
        office
    }

    /// The same, with a leader, a talent and their pairing.
    pub(crate) fn with_a_pairing() -> Self {
        let office = Self::new();
        office.does(&["leader", "add", "--name", "王伟", "--group", "leadership", "--from", "2026-01-01"]);
        office.does(&["talent", "add", "--name", "欧阳文华", "--category", "expert", "--from", "2026-01-01"]);
        office.does(&["pairing", "add", "--leader", "L1", "--talent", "T1", "--from", "2026-02-01"]);
        office
    }

    /// A path in the office's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        run(&self.path("office.db"), words)
    }

    /// Runs the program, which must succeed; gives its standard output.
    pub(crate) fn does(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Runs the program, which must refuse; gives what it said.
    pub(crate) fn is_refused(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty(), "{words:?} printed before it refused");
        String::from_utf8(output.stderr).expect("text")
    }

    /// A listing as rows of JSON.
    pub(crate) fn lists(&self, words: &[&str]) -> Vec<serde_json::Value> {
        let words: Vec<&str> = words.iter().copied().chain(["--format", "json"]).collect();
        serde_json::from_str(&self.does(&words)).expect("JSON")
    }
}

/// Runs the program with a store.
pub(crate) fn run(store: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhuji-node"));
    for name in ["ZHUJI_LANG", "ZHUJI_OPERATOR", "ZHUJI_LOG"] {
        command.env_remove(name);
    }
    command
        .env("ZHUJI_STORE", store)
        .env("ZHUJI_TODAY", TODAY)
        .args(words)
        .output()
        .expect("the program runs")
}
