//! What a command is given on disk: a policy, a folder of facts, a calendar. Here they become bytes;
//! `protocol` makes sense of them.
//!
//! Whatever is refused comes back as lines `FILE:LINE:COLUMN: text` (policy-format, section 8).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::PolicyFile;
use zhuji_protocol::facts::{self, Facts, Folder, Reading};
use zhuji_protocol::policy::{self, Policy};
use zhuji_protocol::texts::{Language, text_with};

/// Lines that tell why something was refused.
pub type Refusals = Vec<String>;

/// The shipped calendar, with the notices of a newer file over it.
///
/// # Errors
/// Every fault of the file.
pub fn calendar(file: Option<&Path>, language: Language) -> Result<Calendar, Refusals> {
    let Some(path) = file else { return Ok(Calendar::shipped().clone()) };
    let bytes = fs::read(path).map_err(|error| vec![unreadable(path, &error, language)])?;
    let text = String::from_utf8(bytes).map_err(|_| {
        vec![format!("{}:1:1: {}", path.display(), text_with(language, "input-not-utf8", &[]))]
    })?;
    let located = |fault: zhuji_protocol::calendar::CalendarFault| {
        format!("{}:{}", path.display(), fault.located(language))
    };
    let newer =
        Calendar::parse(&text).map_err(|faults| faults.into_iter().map(located).collect::<Refusals>())?;
    Ok(Calendar::shipped().updated_by(&newer))
}

/// A policy: an argument with `/` or ending in `.toml` is a file, any other the id of a built-in one.
///
/// # Errors
/// Every fault of the policy.
pub fn policy(given: &str, calendar: &Calendar, language: Language) -> Result<Policy, Refusals> {
    let located = |fault: &policy::Fault| fault.located(language);
    let file = PolicyFile::open(given).map_err(|fault| vec![located(&fault)])?;
    file.read(calendar).map_err(|faults| faults.iter().map(located).collect())
}

/// A folder of facts, held to a policy; without one, only what needs none is checked.
///
/// # Errors
/// Every fault of the folder.
pub fn facts(folder: &Path, policy: Option<&Policy>, language: Language) -> Result<Facts, Refusals> {
    let folder = self::folder(folder, language)?;
    match facts::read(&folder, Reading { policy, ..Reading::default() }) {
        Ok(taken) => Ok(taken.facts),
        Err(faults) => Err(faults.iter().map(|fault| fault.located(language)).collect()),
    }
}

/// The policy and the facts; their faults are told together.
///
/// # Errors
/// Every fault of either.
pub fn policy_and_facts(
    given: &str,
    folder: &Path,
    calendar: &Calendar,
    language: Language,
) -> Result<(Policy, Facts), Refusals> {
    let policy = policy(given, calendar, language);
    let facts = facts(folder, policy.as_ref().ok(), language);
    match (policy, facts) {
        (Ok(policy), Ok(facts)) => Ok((policy, facts)),
        (policy, facts) => Err([policy.err(), facts.err()].into_iter().flatten().flatten().collect()),
    }
}

/// The CSV files of a folder, as bytes.
///
/// # Errors
/// When the folder or a file in it cannot be read.
pub fn folder(path: &Path, language: Language) -> Result<Folder, Refusals> {
    read_folder(path).map_err(|(path, error)| vec![unreadable(&path, &error, language)])
}

/// The CSV files of a folder; others are none of our business.
fn read_folder(folder: &Path) -> Result<Folder, (PathBuf, io::Error)> {
    let mut files = BTreeMap::new();
    let listed = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(listed)? {
        let path = entry.map_err(listed)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.ends_with(".csv") && path.is_file() {
            let bytes = fs::read(&path).map_err(|error| (path, error))?;
            files.insert(name, bytes);
        }
    }
    Ok(Folder { name: folder.display().to_string(), files })
}

fn unreadable(path: &Path, error: &io::Error, language: Language) -> String {
    let key = match error.kind() {
        io::ErrorKind::NotFound => "input-not-there",
        _ => "input-unreadable",
    };
    let words = text_with(language, key, &[("why", error.to_string())]);
    format!("{}:1:1: {words}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "[policy]\nid = \"town\"\ntitle = \"制度\"\neffective = 2020-01-01\nunit = \"U\"\n";

    fn write(folder: &Path, name: &str, text: &str) -> String {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn both(policy: &str, facts: &Path) -> Refusals {
        policy_and_facts(policy, facts, Calendar::shipped(), Language::English).unwrap_err()
    }

    #[test]
    fn what_is_not_there_is_told_at_its_first_character() {
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("none");
        let lines = both("nowhere-1999", &absent);
        assert!(lines[0].starts_with("nowhere-1999:1:1: "), "{lines:?}");
        assert!(lines[1].starts_with(&format!("{}:1:1: ", absent.display())), "{lines:?}");
        let calendar = calendar(Some(&absent), Language::English).unwrap_err();
        assert!(calendar[0].starts_with(&format!("{}:1:1: ", absent.display())), "{calendar:?}");
    }

    #[test]
    fn faults_of_policy_and_facts_are_told_together() {
        let folder = tempfile::tempdir().unwrap();
        let policy = write(folder.path(), "town.toml", &POLICY.replace("title", "tittle"));
        write(folder.path(), "leaders.csv", "id,from\nL1,2016-13-01\n");
        write(folder.path(), "notes.txt", "other files are ignored");
        let lines = both(&policy, folder.path());
        assert!(lines.iter().any(|line| line.starts_with(&format!("{policy}:3:1: "))), "{lines:?}");
        let leaders = folder.path().join("leaders.csv").display().to_string();
        assert!(lines.iter().any(|line| line.starts_with(&format!("{leaders}:2:from: "))), "{lines:?}");
    }

    #[test]
    fn a_policy_extends_the_file_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "town.toml", POLICY);
        let child = POLICY.replace("\"town\"", "\"village\"").replace("title", "extends = \"town\"\ntitle");
        let child = write(folder.path(), "village.toml", &child);
        let read = policy(&child, Calendar::shipped(), Language::English);
        assert_eq!(read.map(|policy| policy.id), Ok("village".to_owned()));
    }
}
