//! `case`: requests and opinions, and the steps by which they are settled.

use super::clerk::{self, Clerk};
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::case::{self, Case};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::{self, Contact, Talent};

/// What to do with cases.
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
    Step {
        id: String,
        step: Step,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        on: Option<NaiveDate>,
        #[arg(long)]
        responsible: Option<String>,
        #[arg(long)]
        outcome: Option<String>,
    },
    List {
        #[arg(long)]
        open: bool,
        #[arg(long)]
        talent: Option<String>,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

/// A step of a case, in the words of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    Accepted,
    Dispatched,
    Delivered,
    Interim,
    Answered,
    FedBack,
}

#[derive(clap::Args, Debug)]
struct Fields {
    #[arg(long, short)]
    talent: Option<String>,
    #[arg(long)]
    contact: Option<String>,
    #[arg(long, short)]
    class: Option<String>,
    #[arg(long)]
    channel: Option<String>,
    #[arg(long, short)]
    demand: Option<String>,
    #[arg(long, value_name = "yes|no", value_parser = words::yes_or_no)]
    in_person: Option<bool>,
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    received: Option<NaiveDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    accepted: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    dispatched: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    delivered: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    interim: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    answered: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    fed_back: Option<OptionalDate>,
    #[arg(long)]
    responsible: Option<String>,
    #[arg(long)]
    outcome: Option<String>,
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
            let id = clerk.new_id::<Case>(id)?;
            let received = fields.received.unwrap_or(desk.today);
            let case = fields.write(clerk, &desk, received_on(received))?;
            sheet::add(&mut desk, id, |id| Case { facts: facts::Case { id, ..case.facts }, ..case })
        }
        Verb::Edit { id, fields } => {
            let case: Case = clerk::find(&desk, &id)?;
            let case = fields.write(Clerk::new(&desk), &desk, case)?;
            sheet::put(&mut desk, Act::Edit, &case)
        }
        Verb::Step { id, step, on, responsible, outcome } => {
            let case: Case = clerk::find(&desk, &id)?;
            let fields = Fields::of_step(step, on.unwrap_or(desk.today), responsible, outcome);
            let case = fields.write(Clerk::new(&desk), &desk, case)?;
            sheet::put(&mut desk, Act::Edit, &case)
        }
        Verb::List { open, talent, print } => {
            let mut cases = case::all(desk.store.db()).map_err(StoreFault::from)?;
            cases.retain(|case| !open || state(&case.facts) != "fed-back");
            cases.retain(|case| talent.is_none() || case.facts.talent == talent);
            list(&desk, &cases, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, case::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Case>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Case>(&mut desk, &args),
    }
}

fn received_on(received_on: NaiveDate) -> Case {
    let facts = facts::Case {
        id: String::new(),
        talent: None,
        contact: None,
        class: None,
        channel: None,
        received_on,
        accepted_on: None,
        dispatched_on: None,
        delivered_on: None,
        responsible: String::new(),
        interim_on: None,
        answered_on: None,
        fed_back_on: None,
        outcome: String::new(),
    };
    Case { facts, demand: String::new(), in_person: false }
}

impl Fields {
    fn of_step(step: Step, on: NaiveDate, responsible: Option<String>, outcome: Option<String>) -> Self {
        let at = |wanted| (step == wanted).then_some(OptionalDate(Some(on)));
        Self {
            talent: None,
            contact: None,
            class: None,
            channel: None,
            demand: None,
            in_person: None,
            received: None,
            accepted: at(Step::Accepted),
            dispatched: at(Step::Dispatched),
            delivered: at(Step::Delivered),
            interim: at(Step::Interim),
            answered: at(Step::Answered),
            fed_back: at(Step::FedBack),
            responsible,
            outcome,
        }
    }

    fn write(self, mut clerk: Clerk<'_>, desk: &Desk, mut case: Case) -> Result<Case, Failure> {
        let facts = &mut case.facts;
        clerk.reference::<Talent>("talent", &mut facts.talent, self.talent)?;
        clerk.reference::<Contact>("contact", &mut facts.contact, self.contact)?;
        clerk.word("class", &desk.words().case_classes, &mut facts.class, self.class);
        clerk.word("channel", &desk.words().channels, &mut facts.channel, self.channel);
        let mut received = Some(facts.received_on);
        clerk.happened("received_on", &mut received, self.received);
        facts.received_on = received.unwrap_or(facts.received_on);
        clerk.past("accepted_on", &mut facts.accepted_on, self.accepted);
        clerk.past("dispatched_on", &mut facts.dispatched_on, self.dispatched);
        clerk.past("delivered_on", &mut facts.delivered_on, self.delivered);
        clerk.past("interim_on", &mut facts.interim_on, self.interim);
        clerk.past("answered_on", &mut facts.answered_on, self.answered);
        clerk.past("fed_back_on", &mut facts.fed_back_on, self.fed_back);
        clerk.in_order(&[
            ("received_on", Some(facts.received_on)),
            ("accepted_on", facts.accepted_on),
            ("dispatched_on", facts.dispatched_on),
            ("delivered_on", facts.delivered_on),
            ("answered_on", facts.answered_on),
            ("fed_back_on", facts.fed_back_on),
        ]);
        clerk.text(&mut facts.responsible, self.responsible);
        clerk.text(&mut facts.outcome, self.outcome);
        clerk.text(&mut case.demand, self.demand);
        case.in_person = self.in_person.unwrap_or(case.in_person);
        clerk.finish()?;
        Ok(case)
    }
}

/// How far a case has come: its last step.
fn state(case: &facts::Case) -> &'static str {
    let steps = [
        (case.fed_back_on, "fed-back"),
        (case.answered_on, "answered"),
        (case.delivered_on, "delivered"),
        (case.dispatched_on, "dispatched"),
        (case.accepted_on, "accepted"),
    ];
    steps.iter().find(|(date, _)| date.is_some()).map_or("received", |(_, word)| word)
}

fn list(desk: &Desk, cases: &[Case], print: PrintArgs) -> Result<(), Failure> {
    let talents = desk.talent_names()?;
    let mut listing = Listing::new(&[
        "id",
        "received_on",
        "talent",
        "class",
        "channel",
        "demand",
        "state",
        "responsible",
        "interim_on",
        "answered_on",
        "fed_back_on",
        "outcome",
        "in_person",
    ]);
    for case in cases {
        let facts = &case.facts;
        listing.row(vec![
            sheet::text(&facts.id),
            sheet::dated(Some(facts.received_on)),
            sheet::whose(&talents, facts.talent.as_deref().unwrap_or_default()),
            sheet::titled(&desk.words().case_classes, facts.class.as_deref()),
            sheet::titled(&desk.words().channels, facts.channel.as_deref()),
            sheet::text(&case.demand),
            sheet::named(desk.language, "step", state(facts)),
            sheet::text(&facts.responsible),
            sheet::dated(facts.interim_on),
            sheet::dated(facts.answered_on),
            sheet::dated(facts.fed_back_on),
            sheet::text(&facts.outcome),
            sheet::yes_or_no(desk.language, case.in_person),
        ]);
    }
    sheet::print(desk, &listing, print)
}
