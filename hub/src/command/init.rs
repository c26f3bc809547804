//! `init`: makes a hub's store, with its authority and its own key.

use crate::context::Context;
use crate::store::sqlite::SqliteStore;
use crate::store::{Author, Founding};
use zhuji_protocol::console::{Failure, Malformed};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{HubAddress, HubAuthority, Replica, ReplicaKey};
use zhuji_protocol::texts::text_with;
use zhuji_protocol::unit::{Level, UnitId};

/// Whose hub it is, and where it is reached.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The unit.
    #[arg(long, value_name = "CODE", value_parser = super::directory::unit)]
    unit: UnitId,
    /// Its name, until a directory says it.
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: String,
    /// Its level, until a directory says it.
    #[arg(long, value_name = "LEVEL", value_parser = super::directory::level)]
    level: Level,
    /// Host and port under which children reach it; tokens carry it.
    #[arg(long, value_name = "HOST:PORT", value_parser = super::token::address)]
    address: HubAddress,
}

/// Makes the store.
///
/// # Errors
/// When something stands there already, or it cannot be written.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let path = context.store_path()?;
    let now = context.now();
    let replica = Replica::hub(args.unit.clone());
    let unexpected = |error: Box<dyn std::error::Error + Send + Sync>| Failure::Unexpected(error);
    let key = || ReplicaKey::from_seed(&context.random()).map_err(|error| unexpected(Box::new(error)));
    let authority = HubAuthority::create(&args.unit, key()?, context.serial(), now)
        .map_err(|error| unexpected(Box::new(error)))?;
    let own = key()?;
    let certificate = authority
        .issue(&replica, &own.public(), context.serial(), now)
        .map_err(|error| unexpected(Box::new(error)))?;
    let founding = Founding {
        unit: args.unit.clone(),
        entry: Entry::always(args.unit.clone(), &args.name, args.level, None),
        authority,
        key: own,
        certificate,
        address: args.address.clone(),
    };
    let author = Author { who: context.who(), at: now };
    SqliteStore::create(path, &founding, &author, context.moment())?;
    println!("{}", text_with(context.language, "hub-made", &[("path", path.display().to_string())]));
    Ok(())
}

/// The bounds that a snapshot's names have, too.
fn name(text: &str) -> Result<String, Malformed> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err(Malformed::new(super::directory::Unfit("hub-malformed-name")));
    }
    Ok(text.to_owned())
}
