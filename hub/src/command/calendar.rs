//! `calendar publish`: a newer notice of holidays, handed down to every child.

use crate::administration::Request;
use crate::context::Context;
use clap::Subcommand;
use std::path::PathBuf;
use zhuji_protocol::console::Failure;
use zhuji_protocol::texts::Told;

/// What to do with calendars.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    Publish { file: PathBuf },
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// When the file cannot be read, or with every fault of it.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Publish { file } => {
                let csv = std::fs::read_to_string(&file).map_err(|error| {
                    Failure::told(Unreadable { file: file.display().to_string(), what: error.to_string() })
                })?;
                context.act(&Request::PublishCalendar { csv })
            }
        }
    }
}

#[derive(Debug)]
struct Unreadable {
    file: String,
    what: String,
}

impl Told for Unreadable {
    fn key(&self) -> &'static str {
        "hub-file-unreadable"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("file", self.file.clone()), ("what", self.what.clone())]
    }
}
