//! A fault deep inside a store does not know the file's name, nor what an administrator can do about it. Where a command
//! ends, both are known.

use super::Failure;
use crate::texts::Told;
use std::path::{Path, PathBuf};

/// What an administrator is to know besides the fault itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Which file it is about.
    WhichFile,
    /// That the file should be checked.
    Check,
    /// That a store whose beginning is damaged looks like this, too.
    PerhapsDamaged,
    /// That the file is not what the program wrote, and how to go on without it.
    GoOnWithout,
}

/// Advice about a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreAdvice {
    /// What is advised.
    pub advice: Advice,
    /// The file.
    pub path: PathBuf,
    /// The program whose commands help.
    pub program: &'static str,
}

impl Told for StoreAdvice {
    fn key(&self) -> &'static str {
        match self.advice {
            Advice::WhichFile => "store-advice-which-file",
            Advice::Check => "store-advice-check",
            Advice::PerhapsDamaged => "store-advice-perhaps-damaged",
            Advice::GoOnWithout => "store-advice-go-on-without",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("path", self.path.display().to_string()), ("program", self.program.to_owned())]
    }
}

impl Failure {
    /// Adds the advice that `advice_on` gives on the first told fault that needs any, by its key.
    #[must_use]
    pub fn advised(
        self,
        path: Option<&Path>,
        program: &'static str,
        advice_on: impl Fn(&str) -> Option<Advice>,
    ) -> Self {
        match (self, path) {
            (Self::Told(mut faults), Some(path)) => {
                if let Some(advice) = faults.iter().find_map(|fault| advice_on(fault.key())) {
                    faults.push(Box::new(StoreAdvice { advice, path: path.to_owned(), program }));
                }
                Self::Told(faults)
            }
            (untold, _) => untold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn advice_names_the_file_and_the_commands_that_help_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            for advice in [Advice::WhichFile, Advice::Check, Advice::PerhapsDamaged, Advice::GoOnWithout] {
                let told = StoreAdvice { advice, path: "office.db".into(), program: "zhuji-node" };
                let said = told.tell(language);
                assert!(said.contains("office.db") && !said.contains('$'), "{said}");
                let is_lost = matches!(advice, Advice::PerhapsDamaged | Advice::GoOnWithout);
                assert_eq!(is_lost, said.contains("zhuji-node restore"), "{said}");
            }
        }
    }

    #[test]
    fn only_faults_that_need_it_are_advised_on() {
        let fault = || StoreAdvice { advice: Advice::Check, path: "x".into(), program: "x" };
        let (path, none) = (Some(Path::new("office.db")), None);
        let lines = |failure: Failure| failure.lines(Language::English).len();
        let all = |_: &str| Some(Advice::Check);
        assert_eq!(lines(Failure::told(fault()).advised(path, "zhuji-node", all)), 2);
        assert_eq!(lines(Failure::told(fault()).advised(none, "zhuji-node", all)), 1);
        assert_eq!(lines(Failure::told(fault()).advised(path, "zhuji-node", |_| None)), 1);
    }
}
