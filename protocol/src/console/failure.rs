//! How a command ends that could not do what was asked: told in the user's language, exit status 2.

use crate::texts::{Language, Told};
use std::process::ExitCode;

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// Situations that the catalogue has words for, each a line of its own.
    Told(Vec<Box<dyn ToldFault>>),
    /// Lines already worded, such as `FILE:LINE:COLUMN: text`.
    Lines(Vec<String>),
    /// Everything was said already; the exit status.
    Said(u8),
    /// Something that nobody foresaw.
    Unexpected(Box<dyn std::error::Error + Send + Sync>),
}

/// A told situation that a command may end with.
pub trait ToldFault: Told + std::fmt::Debug + Send + Sync {}

impl<T: Told + std::fmt::Debug + Send + Sync> ToldFault for T {}

impl Failure {
    /// One situation.
    pub fn told(fault: impl ToldFault + 'static) -> Self {
        Self::Told(vec![Box::new(fault)])
    }

    /// The exit status: 2, if the command has no other meaning for it.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Said(status) => *status,
            Self::Told(_) | Self::Lines(_) | Self::Unexpected(_) => 2,
        }
    }

    /// What is printed to standard error.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<String> {
        match self {
            Self::Told(faults) => faults.iter().map(|fault| fault.tell(language)).collect(),
            Self::Lines(lines) => lines.clone(),
            Self::Said(_) => Vec::new(),
            Self::Unexpected(error) => {
                let mut line = error.to_string();
                let mut source = error.source();
                while let Some(cause) = source {
                    line.push_str(": ");
                    line.push_str(&cause.to_string());
                    source = cause.source();
                }
                vec![line]
            }
        }
    }
}

/// Ends a program: prints what went wrong, and gives the exit status.
pub fn finish(outcome: Result<(), Failure>, language: Language) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.lines(language) {
                eprintln!("{line}");
            }
            ExitCode::from(failure.status())
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Unexpected(Box::new(error))
    }
}
