//! `exemption`: recorded reasons why a duty is not asked for.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::exemption::{self, Exemption};
use crate::store::{Act, StoreFault};
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts;

/// What to do with exemptions.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[command(flatten)]
        fields: Fields,
    },
    Edit {
        id: String,
        #[command(flatten)]
        fields: Fields,
    },
    List {
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug)]
struct Fields {
    #[arg(long)]
    rule: Option<String>,
    #[arg(long)]
    subject: Option<String>,
    /// Compared as written with a verdict's period and item, so anything may stand here.
    #[arg(long)]
    period: Option<String>,
    #[arg(long)]
    reason: Option<String>,
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { fields } => {
            let nothing = facts::Exemption {
                rule: String::new(),
                subject: String::new(),
                period: String::new(),
                reason: String::new(),
            };
            let facts = fields.write(&desk, nothing)?;
            sheet::add(&mut desk, None, |id| Exemption { id, facts })
        }
        Verb::Edit { id, fields } => {
            let Exemption { id, facts } = clerk::find(&desk, &id)?;
            let facts = fields.write(&desk, facts)?;
            sheet::put(&mut desk, Act::Edit, &Exemption { id, facts })
        }
        Verb::List { print } => {
            list(&desk, &exemption::all(desk.store.db()).map_err(StoreFault::from)?, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, exemption::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Exemption>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Exemption>(&mut desk, &args),
    }
}

impl Fields {
    fn write(self, desk: &Desk, mut facts: facts::Exemption) -> Result<facts::Exemption, Failure> {
        let mut clerk = Clerk::new(desk);
        let mut rule = Some(facts.rule).filter(|rule| !rule.is_empty());
        if let Some(typed) = self.rule {
            rule = clerk.rule("rule", desk.policy.as_ref(), typed.trim());
        }
        clerk.must("rule", rule.as_ref());
        clerk.required("subject", &mut facts.subject, self.subject);
        clerk.text(&mut facts.period, self.period);
        clerk.required("reason", &mut facts.reason, self.reason);
        clerk.finish()?;
        facts.rule = rule.unwrap_or_default();
        Ok(facts)
    }
}

fn list(desk: &Desk, exemptions: &[Exemption], print: PrintArgs) -> Result<(), Failure> {
    let title = |id: &str| {
        let rules = desk.policy.iter().flat_map(|policy| &policy.rules);
        rules.into_iter().find(|rule| rule.id == id).map(|rule| rule.title.clone())
    };
    let mut listing = Listing::new(&["id", "rule", "subject", "period", "reason"]);
    for exemption in exemptions {
        let facts = &exemption.facts;
        listing.row(vec![
            sheet::text(&exemption.id),
            sheet::shown(&facts.rule, title(&facts.rule)),
            sheet::text(&facts.subject),
            sheet::text(&facts.period),
            sheet::text(&facts.reason),
        ]);
    }
    sheet::print(desk, &listing, print)
}
