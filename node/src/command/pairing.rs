//! `pairing`: the duty between a leader and a talent, from nomination to its end.

use super::clerk::{self, Clerk};
use super::fault::Problem;
use super::sheet::{self, PrintArgs, RemoveArgs, SearchArgs, ShowArgs};
use super::words::{self, OptionalDate};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::pairing::{self, Pairing, Stage};
use crate::store::{Act, StoreFault};
use chrono::NaiveDate;
use clap::Subcommand;
use zhuji_protocol::console::{Failure, Listing};
use zhuji_protocol::facts::{self, Leader, Talent};

/// What to do with pairings.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Add {
        #[command(flatten)]
        who: Who,
        #[arg(long, value_name = "DATE", value_parser = words::date)]
        from: Option<NaiveDate>,
    },
    Nominate {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        on: On,
    },
    Confirm(Step),
    Agree(Step),
    Activate(Step),
    Review(Step),
    End {
        id: String,
        #[command(flatten)]
        on: On,
        #[arg(long)]
        reason: Option<String>,
    },
    Edit {
        id: String,
        #[command(flatten)]
        fields: Box<Fields>,
    },
    List {
        #[arg(long)]
        leader: Option<String>,
        #[arg(long)]
        talent: Option<String>,
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        print: PrintArgs,
    },
    Search(SearchArgs),
    Show(ShowArgs),
    Remove(RemoveArgs),
}

#[derive(clap::Args, Debug)]
struct Who {
    #[arg(long)]
    id: Option<String>,
    #[arg(long, short)]
    leader: Option<String>,
    #[arg(long, short)]
    talent: Option<String>,
    #[arg(long)]
    basis: Option<String>,
    #[arg(long = "team")]
    team: Option<Vec<String>>,
}

#[derive(clap::Args, Debug)]
struct On {
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    on: Option<NaiveDate>,
}

#[derive(clap::Args, Debug)]
struct Step {
    id: String,
    #[command(flatten)]
    on: On,
}

#[derive(clap::Args, Debug)]
struct Fields {
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    from: Option<OptionalDate>,
    #[arg(long, value_name = "DATE", value_parser = words::optional_date)]
    to: Option<OptionalDate>,
    #[arg(long)]
    basis: Option<String>,
    #[arg(long = "team")]
    team: Option<Vec<String>>,
    #[arg(long)]
    end_reason: Option<String>,
}

/// Does it.
///
/// # Errors
/// With the faults of what was typed, or what the store refuses.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    match args.verb {
        Verb::Add { who, from } => {
            let from = Some(from.unwrap_or(desk.today));
            add(desk, who, |mut pairing| {
                pairing.stage = Stage::Active;
                pairing.facts.from = from;
                pairing
            })
        }
        Verb::Nominate { who, on } => {
            let on = on.past(&desk, "nominated_on")?;
            add(desk, who, |pairing| Pairing { nominated_on: Some(on), ..pairing })
        }
        Verb::Confirm(step) => {
            let on = step.on.past(&desk, "confirmed_on")?;
            advance(&mut desk, &step.id, Stage::Nominated, |pairing| {
                (pairing.stage, pairing.confirmed_on) = (Stage::Confirmed, Some(on));
            })
        }
        Verb::Agree(step) => {
            let on = step.on.past(&desk, "agreed_on")?;
            advance(&mut desk, &step.id, Stage::Confirmed, |pairing| {
                (pairing.stage, pairing.agreed_on) = (Stage::Agreed, Some(on));
            })
        }
        Verb::Activate(step) => {
            let from = step.on.on.unwrap_or(desk.today);
            advance(&mut desk, &step.id, Stage::Agreed, |pairing| {
                (pairing.stage, pairing.facts.from) = (Stage::Active, Some(from));
            })
        }
        Verb::Review(step) => {
            let on = step.on.past(&desk, "reviewed_on")?;
            advance(&mut desk, &step.id, Stage::Active, |pairing| {
                pairing.facts.reviewed_on.push(on);
                pairing.facts.reviewed_on.sort_unstable();
                pairing.facts.reviewed_on.dedup();
            })
        }
        Verb::End { id, on, reason } => end(&mut desk, &id, &on, reason),
        Verb::Edit { id, fields } => {
            let mut pairing: Pairing = clerk::find(&desk, &id)?;
            fields.write(&desk, &mut pairing)?;
            sheet::put(&mut desk, Act::Edit, &pairing)
        }
        Verb::List { leader, talent, all, print } => {
            let found = pairing::of(desk.store.db(), leader.as_deref(), talent.as_deref());
            let mut pairings = found.map_err(StoreFault::from)?;
            pairings.retain(|pairing| all || !matches!(pairing.state(desk.today), "ended" | "dropped"));
            list(&desk, &pairings, print)
        }
        Verb::Search(args) => list(&desk, &args.find(&desk, pairing::search)?, args.print()),
        Verb::Show(args) => sheet::show::<Pairing>(&desk, &args),
        Verb::Remove(args) => sheet::remove::<Pairing>(&mut desk, &args),
    }
}

impl On {
    /// The day of a step that has been taken; today if none was typed.
    fn past(&self, desk: &Desk, field: &'static str) -> Result<NaiveDate, Failure> {
        let mut clerk = Clerk::new(desk);
        let mut day = Some(self.on.unwrap_or(desk.today));
        clerk.happened(field, &mut day, None);
        clerk.finish()?;
        Ok(day.unwrap_or(desk.today))
    }
}

fn add(mut desk: Desk, who: Who, begin: impl FnOnce(Pairing) -> Pairing) -> Result<(), Failure> {
    let mut clerk = Clerk::new(&desk);
    let id = clerk.new_id::<Pairing>(who.id)?;
    let (mut leader, mut talent) = (None, None);
    clerk.reference::<Leader>("leader", &mut leader, who.leader)?;
    clerk.reference::<Talent>("talent", &mut talent, who.talent)?;
    clerk.must("leader", leader.as_ref());
    clerk.must("talent", talent.as_ref());
    let mut pairing = begin(Pairing {
        facts: facts::Pairing {
            leader: leader.unwrap_or_default(),
            talent: talent.unwrap_or_default(),
            ..facts::Pairing::default()
        },
        stage: Stage::Nominated,
        nominated_on: None,
        confirmed_on: None,
        agreed_on: None,
    });
    clerk.text(&mut pairing.facts.basis, who.basis);
    clerk.list(&mut pairing.facts.team, who.team);
    refuse_overlap(&mut clerk, &desk, &pairing)?;
    clerk.finish()?;
    sheet::add(&mut desk, id, |id| Pairing { facts: facts::Pairing { id, ..pairing.facts }, ..pairing })
}

/// Takes one step of a pairing's life; `from` is how far it must have come, an active one only for a review.
fn advance(desk: &mut Desk, id: &str, from: Stage, step: impl FnOnce(&mut Pairing)) -> Result<(), Failure> {
    let mut pairing: Pairing = clerk::find(desk, id)?;
    let mut clerk = Clerk::new(desk);
    // Steps may be left out: an office that agrees by telephone confirms nothing.
    let may = if from == Stage::Active { pairing.stage == from } else { pairing.stage <= from };
    if !may {
        clerk.fault("stage", Problem::Stage { stage: pairing.state(desk.today) });
    }
    step(&mut pairing);
    clerk.in_order(&[
        ("nominated_on", pairing.nominated_on),
        ("confirmed_on", pairing.confirmed_on),
        ("agreed_on", pairing.agreed_on),
        ("from", pairing.facts.from),
    ]);
    refuse_overlap(&mut clerk, desk, &pairing)?;
    clerk.finish()?;
    sheet::put(desk, Act::Edit, &pairing)
}

/// An active pairing gets its last day; one that never became active is dropped.
fn end(desk: &mut Desk, id: &str, on: &On, reason: Option<String>) -> Result<(), Failure> {
    let mut pairing: Pairing = clerk::find(desk, id)?;
    pairing.facts.to = Some(on.on.unwrap_or(desk.today));
    if pairing.stage != Stage::Active {
        pairing.stage = Stage::Dropped;
    }
    let mut clerk = Clerk::new(desk);
    clerk.text(&mut pairing.facts.end_reason, reason);
    clerk.in_order(&[("from", pairing.facts.from), ("to", pairing.facts.to)]);
    clerk.finish()?;
    sheet::put(desk, Act::End, &pairing)
}

impl Fields {
    fn write(self, desk: &Desk, pairing: &mut Pairing) -> Result<(), Failure> {
        let mut clerk = Clerk::new(desk);
        if self.from.is_some() && pairing.stage != Stage::Active {
            clerk.fault("from", Problem::Stage { stage: pairing.state(desk.today) });
        }
        clerk.day(&mut pairing.facts.from, self.from);
        clerk.day(&mut pairing.facts.to, self.to);
        clerk.text(&mut pairing.facts.basis, self.basis);
        clerk.list(&mut pairing.facts.team, self.team);
        clerk.text(&mut pairing.facts.end_reason, self.end_reason);
        clerk.in_order(&[("from", pairing.facts.from), ("to", pairing.facts.to)]);
        refuse_overlap(&mut clerk, desk, pairing)?;
        clerk.finish()
    }
}

/// Two active pairings of the same leader and talent must not share a day (policy-format, section 6).
fn refuse_overlap(clerk: &mut Clerk<'_>, desk: &Desk, pairing: &Pairing) -> Result<(), StoreFault> {
    if pairing.stage != Stage::Active {
        return Ok(());
    }
    let (leader, talent) = (pairing.facts.leader.as_str(), pairing.facts.talent.as_str());
    let open = desk.policy.as_ref().map_or(NaiveDate::MIN, |policy| policy.effective);
    let span = |facts: &facts::Pairing| (facts.from.unwrap_or(open), facts.to.unwrap_or(NaiveDate::MAX));
    let (first, last) = span(&pairing.facts);
    for other in pairing::of(desk.store.db(), Some(leader), Some(talent))? {
        let (begins, ends) = span(&other.facts);
        let is_other = other.facts.id != pairing.facts.id && other.stage == Stage::Active;
        if is_other && begins <= last && first <= ends {
            clerk.fault("from", Problem::Overlap { id: other.facts.id });
        }
    }
    Ok(())
}

fn list(desk: &Desk, pairings: &[Pairing], print: PrintArgs) -> Result<(), Failure> {
    let (leaders, talents) = (desk.leader_names()?, desk.talent_names()?);
    let mut listing = Listing::new(&[
        "id",
        "leader",
        "talent",
        "stage",
        "from",
        "to",
        "basis",
        "team",
        "reviewed_on",
        "end_reason",
    ]);
    for pairing in pairings {
        let reviewed: Vec<String> = pairing.facts.reviewed_on.iter().map(ToString::to_string).collect();
        listing.row(vec![
            sheet::text(&pairing.facts.id),
            sheet::whose(&leaders, &pairing.facts.leader),
            sheet::whose(&talents, &pairing.facts.talent),
            sheet::named(desk.language, "stage", pairing.state(desk.today)),
            sheet::dated(pairing.facts.from),
            sheet::dated(pairing.facts.to),
            sheet::text(&pairing.facts.basis),
            sheet::text(pairing.facts.team.join("；")),
            sheet::text(reviewed.join("；")),
            sheet::text(&pairing.facts.end_reason),
        ]);
    }
    sheet::print(desk, &listing, print)
}
