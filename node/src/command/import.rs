//! `import DIR`: takes over a facts folder, all of it or nothing; the same folder twice changes nothing.

use super::sheet::{self, PrintArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::folder::{self, Imported};
use crate::inputs;
use crate::progress::Progress;
use crate::store::{Effect, Kind, StoreFault};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use zhuji_protocol::console::{Cell, Failure, Listing};
use zhuji_protocol::facts::{self, Facts, Reading, Strictness};
use zhuji_protocol::texts::Told;

/// Which folder.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    print: PrintArgs,
}

/// Takes it over.
///
/// # Errors
/// With every bad row of the folder, or what the store refuses; then nothing was taken over.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let files = inputs::folder(&args.folder, desk.language).map_err(Failure::Lines)?;
    let known = folder::known(desk.store.db())?;
    let reading =
        Reading { policy: desk.policy.as_ref(), strictness: Strictness::Import, known: Some(&known) };
    let taken = facts::read(&files, reading).map_err(|faults| {
        Failure::Lines(faults.iter().map(|fault| fault.located(desk.language)).collect())
    })?;
    for warning in &taken.warnings {
        eprintln!("{}", warning.located(desk.language));
    }
    let ahead = folder::ahead_of(&taken.facts, desk.today);
    if ahead > 0 {
        desk.warn(&Ahead { count: ahead });
    }
    let imported = take(&mut desk, &taken.facts, args.dry_run)?;
    report(&desk, &imported, &args)
}

/// Takes facts over, or finds out what that would do.
pub(super) fn take(desk: &mut Desk, facts: &Facts, dry_run: bool) -> Result<Imported, StoreFault> {
    let progress = Progress::of(rows_of(facts));
    let office = desk.office.clone();
    let imported = if dry_run {
        desk.rehearse(|change| folder::apply(change, &office, facts, || progress.step()))
    } else {
        desk.change(|change| folder::apply(change, &office, facts, || progress.step()))
    };
    progress.finish();
    imported
}

fn rows_of(facts: &Facts) -> usize {
    [
        facts.units.len(),
        facts.leaders.len(),
        facts.talents.len(),
        facts.pairings.len(),
        facts.contacts.len(),
        facts.cases.len(),
        facts.events.len(),
        facts.services.len(),
        facts.reports.len(),
        facts.liaisons.len(),
        facts.reviews.len(),
        facts.exemptions.len(),
    ]
    .iter()
    .sum()
}

/// A rehearsal shows each record that would change, the act itself how many did.
fn report(desk: &Desk, imported: &Imported, args: &Args) -> Result<(), Failure> {
    let listing = if args.dry_run { each(desk, imported) } else { counted(desk, imported) };
    sheet::print(desk, &listing, args.print)?;
    if let Some(since) = imported.since {
        desk.warn(&SinceMoved { since: since.to_string(), would: args.dry_run });
    }
    Ok(())
}

fn each(desk: &Desk, imported: &Imported) -> Listing {
    let mut listing = Listing::new(&["kind", "id", "effect", "fields"]);
    for line in &imported.lines {
        let (effect, fields): (&str, &[&str]) = match &line.effect {
            Effect::Added => ("added", &[]),
            Effect::Changed(fields) => ("changed", fields),
            Effect::Same => ("same", &[]),
        };
        let shown: Vec<String> =
            fields.iter().map(|field| super::fault::heading(desk.language, field)).collect();
        listing.row(vec![
            sheet::named(desk.language, "kind", line.kind.word()),
            sheet::text(&line.id),
            sheet::named(desk.language, "effect", effect),
            Cell::shown_as(Value::from(fields.to_vec()), shown.join(" ")),
        ]);
    }
    listing
}

pub(super) fn counted(desk: &Desk, imported: &Imported) -> Listing {
    let mut counts: BTreeMap<Kind, [usize; 3]> = BTreeMap::new();
    for line in &imported.lines {
        let place = usize::from(line.effect != Effect::Added);
        counts.entry(line.kind).or_default()[place] += 1;
    }
    for (kind, same) in &imported.same {
        counts.entry(*kind).or_default()[2] += same;
    }
    let mut listing = Listing::new(&["kind", "added", "changed", "same"]);
    for (kind, counts) in counts {
        let mut row = vec![sheet::named(desk.language, "kind", kind.word())];
        row.extend(counts.iter().map(|count| Cell::from(Value::from(*count))));
        listing.row(row);
    }
    listing
}

struct Ahead {
    count: usize,
}

impl Told for Ahead {
    fn key(&self) -> &'static str {
        "import-ahead"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("count", self.count.to_string())]
    }
}

struct SinceMoved {
    since: String,
    would: bool,
}

impl Told for SinceMoved {
    fn key(&self) -> &'static str {
        if self.would { "import-since-would-move" } else { "import-since-moved" }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("since", self.since.clone())]
    }
}
