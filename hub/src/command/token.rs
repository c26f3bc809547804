//! `token issue`: lets a node or a lower hub enrol, once, within 72 hours.

use super::directory::{Unfit, unit};
use crate::administration::Request;
use crate::context::Context;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Malformed};
use zhuji_protocol::identity::HubAddress;
use zhuji_protocol::unit::UnitId;

/// What to do with tokens.
#[derive(Subcommand, Debug)]
#[expect(missing_docs, reason = "for people in the catalogue")]
pub enum Command {
    Issue {
        #[arg(long, value_name = "CODE", value_parser = unit)]
        unit: UnitId,
        #[arg(long, value_enum)]
        role: RoleWord,
        #[arg(long, value_name = "HOST:PORT", value_parser = address)]
        address: Option<HubAddress>,
    },
}

/// Which program may enrol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
#[expect(missing_docs, reason = "plain words")]
pub enum RoleWord {
    Node,
    Hub,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// With what to tell the user.
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Issue { unit, role, address } => context.act(&Request::IssueToken {
                unit,
                as_hub: role == RoleWord::Hub,
                address: address.map(|address| address.to_string()),
            }),
        }
    }
}

/// Parses host and port.
///
/// # Errors
/// It is neither a name nor an address with a port.
pub fn address(text: &str) -> Result<HubAddress, Malformed> {
    text.trim().parse().map_err(|_| Malformed::new(Unfit("hub-malformed-address")))
}
