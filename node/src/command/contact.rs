//! `contact`: the everyday command. One visit, talk, call, letter … each.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words;
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{Act, StoreFault, contact, pairing};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::Contact;
use zhuji_protocol::policy::Side;
use zhuji_protocol::texts::Told;

/// What to do with contacts.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[arg(long)]
        id: Option<String>,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    Edit {
        id: String,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    List {
        #[arg(long)]
        pairing: Option<String>,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        from: Option<NaiveDate>,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        to: Option<NaiveDate>,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug)]
struct Fields {
    /// The pairing.
    #[arg(long, short)]
    pairing: Option<String>,
    #[arg(long, short, value_parser = words::date)]
    date: Option<NaiveDate>,
    #[arg(long, short)]
    mode: Option<String>,
    #[arg(long, value_parser = words::side)]
    by: Option<Side>,
    #[arg(long = "topic", short)]
    topics: Option<Vec<String>>,
    #[arg(long)]
    occasion: Option<String>,
    #[arg(long)]
    also_counts_for: Option<String>,
    #[arg(long, short)]
    note: Option<String>,
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { id, fields } => {
            let mut clerk = Clerk::new(&desk);
            let id = clerk.new_id::<Contact>(id)?;
            let contact = fields.write(clerk, &desk, None)?;
            warn_outside(&desk, &contact)?;
            sheet::add(&mut desk, id, |id| Contact { id, ..contact })
        }
        Verb::Edit { id, fields } => {
            let before: Contact = clerk::find(&desk, &id)?;
            let contact = fields.write(Clerk::new(&desk), &desk, Some(before))?;
            warn_outside(&desk, &contact)?;
            sheet::put(&mut desk, Act::Edit, &contact)
        }
        Verb::List { pairing, from, to, print } => {
            let (first, last) = (from.unwrap_or(NaiveDate::MIN), to.unwrap_or(desk.today));
            let found = contact::between(desk.store.db(), pairing.as_deref(), first, last);
            list(&desk, &found.map_err(StoreFault::from)?, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, contact::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Contact>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Contact>(&mut desk, &args),
    }
}

impl Fields {
    /// The contact as it will stand: what there was, with what was typed over it.
    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, before: Option<Contact>) -> Result<Contact, Failure> {
        let mut pairing = before.as_ref().map(|contact| contact.pairing.clone());
        let mut date = before.as_ref().map(|contact| contact.date);
        clerk.reference::<pairing::Pairing>("pairing", &mut pairing, self.pairing)?;
        clerk.must("pairing", pairing.as_ref());
        // Most contacts are written down on the day itself.
        let typed = self.date.or_else(|| date.is_none().then_some(desk.today));
        clerk.happened("date", &mut date, typed);
        let mut contact = before.unwrap_or_else(|| Contact {
            id: String::new(),
            pairing: String::new(),
            date: desk.today,
            mode: None,
            initiated_by: None,
            topics: Vec::new(),
            occasion: String::new(),
            also_counts_for: String::new(),
            note: String::new(),
        });
        clerk.word("mode", &desk.words().modes, &mut contact.mode, self.mode);
        clerk.words("topics", &desk.words().topics, &mut contact.topics, self.topics);
        if self.by.is_some() {
            contact.initiated_by = self.by;
        }
        clerk.text(&mut contact.occasion, self.occasion);
        clerk.text(&mut contact.also_counts_for, self.also_counts_for);
        clerk.text(&mut contact.note, self.note);
        clerk.finish()?;
        if let (Some(pairing), Some(date)) = (pairing, date) {
            (contact.pairing, contact.date) = (pairing, date);
        }
        Ok(contact)
    }
}

/// A contact outside its pairing's life is no fault, but counts for nothing; whoever typed it should know.
fn warn_outside(desk: &Desk, contact: &Contact) -> Result<(), Failure> {
    let pairing: pairing::Pairing = clerk::find(desk, &contact.pairing)?;
    let lives = pairing.stage == pairing::Stage::Active
        && pairing.facts.from.is_none_or(|first| first <= contact.date)
        && pairing.facts.to.is_none_or(|last| contact.date <= last);
    if !lives {
        desk.warn(&Outside { pairing: contact.pairing.clone(), date: contact.date });
    }
    Ok(())
}

struct Outside {
    pairing: String,
    date: NaiveDate,
}

impl Told for Outside {
    fn key(&self) -> &'static str {
        "contact-outside"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("pairing", self.pairing.clone()), ("date", self.date.to_string())]
    }
}

fn list(desk: &Desk, contacts: &[Contact], print: PrintArgs) -> Result<(), Failure> {
    let (leaders, talents) = (desk.leader_names()?, desk.talent_names()?);
    let pairings = pairing::all(desk.store.db()).map_err(StoreFault::from)?;
    let pairings: std::collections::BTreeMap<&str, &pairing::Pairing> =
        pairings.iter().map(|pairing| (pairing.facts.id.as_str(), pairing)).collect();
    let mut listing = Listing::new(&[
        "id",
        "date",
        "pairing",
        "leader",
        "talent",
        "mode",
        "initiated_by",
        "topics",
        "occasion",
        "note",
    ]);
    for contact in contacts {
        let pairing = pairings.get(contact.pairing.as_str());
        listing.row(vec![
            sheet::text(&contact.id),
            sheet::dated(Some(contact.date)),
            sheet::text(&contact.pairing),
            sheet::whose(&leaders, pairing.map_or("", |pairing| &pairing.facts.leader)),
            sheet::whose(&talents, pairing.map_or("", |pairing| &pairing.facts.talent)),
            sheet::titled(&desk.words().modes, contact.mode.as_deref()),
            contact.initiated_by.map_or_else(
                || sheet::text(""),
                |side| sheet::named(desk.language, "side", contact::side_word(side)),
            ),
            sheet::titles(&desk.words().topics, &contact.topics),
            sheet::text(&contact.occasion),
            sheet::text(&contact.note),
        ]);
    }
    sheet::print(desk, &listing, print)
}
