//! A policy named on the command line: the id of a built-in one, or a file.

use crate::calendar::Calendar;
use crate::policy::{Beside, Fault, Policy, Problem, Source, builtin, parse};
use crate::texts::Language;
use std::fs;
use std::path::{Path, PathBuf};

/// A policy that an argument named, as text.
#[derive(Debug)]
pub struct PolicyFile {
    source: Source,
    beside: Folder,
}

impl PolicyFile {
    /// Opens what the argument names: with a `/` in it or `.toml` at its end it is a file (policy-format, section 7).
    ///
    /// # Errors
    /// When there is no such policy, or the file cannot be read.
    pub fn open(argument: &str) -> Result<Self, Fault> {
        let fault = |problem| Fault { file: argument.to_owned(), line: 1, column: 1, width: 1, problem };
        let path = Path::new(argument);
        let bytes = if argument.contains('/') || argument.ends_with(".toml") {
            fs::read(path).map_err(|error| fault(Problem::Unreadable { why: error.to_string() }))?
        } else {
            let known = builtin::ids().map(str::to_owned).collect();
            let unknown = || fault(Problem::NoSuchBuiltIn { id: argument.to_owned(), known });
            builtin::text(argument).ok_or_else(unknown)?.into()
        };
        let beside = Folder(path.parent().map(Path::to_owned).unwrap_or_default());
        Ok(Self { source: Source { file: argument.to_owned(), bytes }, beside })
    }

    /// Reads, checks and flattens it.
    ///
    /// # Errors
    /// Every fault of it, or of the policy that it extends.
    pub fn read(&self, calendar: &Calendar) -> Result<Policy, Vec<Fault>> {
        parse(&self.source, &self.beside, calendar)
    }

    /// Its faults, each with the line it stands on and an arrow under the word.
    #[must_use]
    pub fn shown(&self, faults: &[Fault], language: Language) -> Vec<String> {
        let shown = |fault: &Fault| fault.shown(&self.text_of(&fault.file), language);
        faults.iter().flat_map(shown).collect()
    }

    /// The text of this file, or of one that it extends.
    fn text_of(&self, file: &str) -> String {
        let bytes = if file == self.source.file {
            self.source.bytes.clone()
        } else if let Some(text) = builtin::text(file) {
            text.into()
        } else {
            fs::read(file).unwrap_or_default()
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The files in the policy's own folder.
#[derive(Debug)]
struct Folder(PathBuf);

impl Beside for Folder {
    fn name(&self, id: &str) -> String {
        self.0.join(format!("{id}.toml")).display().to_string()
    }

    fn bytes(&self, id: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(format!("{id}.toml"))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "[policy]\nid = \"base\"\ntitle = \"\"\neffective = 2000-01-01\nunit = \"u\"\n";

    #[test]
    fn a_file_is_read_with_those_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let base = write("base.toml", BASE);
        let child = write("child.toml", "[policy]\nextends = \"base\"\n");
        let file = PolicyFile::open(&child).unwrap();
        let faults = file.read(Calendar::shipped()).unwrap_err();
        assert_eq!((faults[0].file.as_str(), faults[0].line, faults[0].column), (base.as_str(), 3, 9));
        assert_eq!(file.shown(&faults, Language::English)[1..], ["title = \"\"", "        ^^"]);
    }

    #[test]
    fn what_is_not_there_is_told() {
        assert!(matches!(PolicyFile::open("no-such").unwrap_err().problem, Problem::NoSuchBuiltIn { .. }));
        assert!(matches!(PolicyFile::open("no-such.toml").unwrap_err().problem, Problem::Unreadable { .. }));
        assert!(PolicyFile::open("laibin").unwrap().read(Calendar::shipped()).is_ok());
    }
}
