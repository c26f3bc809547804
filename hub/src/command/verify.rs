//! `verify`: counts everything afresh from the stored, signed items; or proves one figure from them; or proves figures
//! from exports of several levels, without a store and without a network.
//!
//! Exit status: 0 everything was proven; 1 something does not fit, and is named; 2 it could not be tried; 3 nothing
//! contradicts, but not everything could be proven.

use super::directory::unit;
use crate::context::Context;
use crate::proof::file::{Export, open};
use crate::proof::misfit::{Misfit as Doubt, moment};
use crate::proof::trace::{Asked, Line, Traced, trace};
use crate::proof::{Extent, Joined, check, join};
use crate::store::sqlite::SqliteStore;
use crate::store::{HubStore, Misfit, Verified};
use indicatif::ProgressBar;
use serde_json::{Value, json};
use std::path::PathBuf;
use zhuji_protocol::console::{Cell, Failure, Format, Listing, Malformed};
use zhuji_protocol::figures::{Count, CountKey, Figures};
use zhuji_protocol::identity::Fingerprint;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::texts::{Language, Told, text, text_with};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::subkey::Scope;

/// Which figure, from what.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Whose figure; with exports the highest level's own unit, if none is named.
    #[arg(long, value_name = "CODE", value_parser = unit, requires = "period")]
    unit: Option<UnitId>,
    /// Of which period: `2026`, `2026-H1`, `2026-Q3` or `2026-04`.
    #[arg(long, value_name = "PERIOD", value_parser = period)]
    period: Option<Period>,
    /// Of which rule, or kind of rule.
    #[arg(long, value_name = "RULE", requires = "period")]
    rule: Option<String>,
    /// Exports of levels, in any order, instead of the store.
    #[arg(long, value_name = "EXPORT", num_args = 1..)]
    with: Vec<PathBuf>,
    /// Table, JSON or CSV.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Verifies.
///
/// # Errors
/// What does not fit, or what could not be read.
pub fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    match (&args.unit, args.period) {
        _ if !args.with.is_empty() => joined(args, context),
        (unit, Some(period)) => one_figure(args, unit.as_ref(), period, context),
        (_, None) => whole(context),
    }
}

/// Reads a period.
pub(super) fn period(text: &str) -> Result<Period, Malformed> {
    text.trim().parse().map_err(Malformed::new)
}

fn whole(context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let progress = ProgressBar::new_spinner();
    let verified = crate::ready(store.verify(&mut || progress.inc(1)))?;
    progress.finish_and_clear();
    match verified {
        Verified::Whole(checked) => {
            let counted = [
                ("batches", checked.batches),
                ("items", checked.items),
                ("rows", checked.rows),
                ("onward", checked.onward),
                ("published", checked.published),
                ("entries", checked.entries),
            ];
            let args = counted.map(|(key, count)| (key, count.to_string()));
            println!("{}", text_with(context.language, "hub-verified", &args));
            Ok(())
        }
        Verified::Broken(misfit) => {
            eprintln!("{}", misfit.tell(context.language));
            Err(Failure::Said(MISFIT))
        }
    }
}

/// Something does not fit.
const MISFIT: u8 = 1;
/// Nothing contradicts, but not everything could be proven.
const OPEN: u8 = 3;

fn one_figure(args: &Args, unit: Option<&UnitId>, period: Period, context: &Context) -> Result<(), Failure> {
    let store = SqliteStore::read(context.store_path()?)?;
    let unit = match unit {
        Some(unit) => unit.clone(),
        None => crate::ready(store.identity())?.replica.unit,
    };
    let extent = Extent::of(Some(unit.clone()), Some(period));
    let level = crate::ready(store.holdings(&extent, context.now()))?;
    let Some(joined) = join(vec![check(&level)]) else { return Err(Failure::Said(MISFIT)) };
    let asked = asked(args, unit, period, context);
    show(&trace(&joined, &asked), &asked, args.format, context)?;
    // Below this level lie other stores, which nobody asked for here.
    conclude(&joined, &[], false, context)
}

fn joined(args: &Args, context: &Context) -> Result<(), Failure> {
    let exports: Vec<Export> =
        args.with.iter().map(|path| open(path).map_err(Failure::told)).collect::<Result<_, _>>()?;
    let spoilt: Vec<Doubt> = exports.iter().flat_map(|export| export.misfits.clone()).collect();
    let checked = exports.iter().map(|export| check(&export.level)).collect();
    let Some(joined) = join(checked) else { return Err(Failure::Said(MISFIT)) };
    let top = &joined.levels[joined.top];
    if let Some(period) = args.period {
        let unit = args.unit.clone().unwrap_or_else(|| top.own().clone());
        let asked = asked(args, unit, period, context);
        show(&trace(&joined, &asked), &asked, args.format, context)?;
    }
    for level in &joined.levels {
        let head = &level.level.head;
        let told = [
            ("level", level.own().to_string()),
            ("taken", moment(head.taken_ms)),
            ("items", level.level.items.len().to_string()),
            ("batches", level.level.batches.len().to_string()),
            ("authority", Fingerprint::of(&head.authority).to_string()),
        ];
        say(args.format, &text_with(context.language, "proof-level", &told));
    }
    conclude(&joined, &spoilt, true, context)
}

fn asked(args: &Args, unit: UnitId, period: Period, context: &Context) -> Asked {
    let current = Month::of(context.today());
    let stocks_of = if period.has(current) { current } else { period.last };
    Asked { unit, period, stocks_of, rule: args.rule.clone() }
}

/// For people beside the rows, for programs apart from them.
fn say(format: Format, line: &str) {
    match format {
        Format::Table => println!("{line}"),
        Format::Json | Format::Csv => eprintln!("{line}"),
    }
}

const COUNTS: [(&str, Count); 5] = [
    ("leaders", Count::Leaders),
    ("talents", Count::Talents),
    ("pairings", Count::Pairings),
    ("contacts", Count::Contacts),
    ("cases", Count::Cases),
];

fn show(traced: &Traced<'_>, asked: &Asked, format: Format, context: &Context) -> Result<(), Failure> {
    let mut columns = vec![
        "held_at", "depth", "sender", "unit", "month", "scope", "adds", "expected", "met", "late", "overdue",
        "pending", "exempt",
    ];
    if asked.rule.is_none() {
        columns.extend(COUNTS.map(|(column, _)| column));
    }
    columns.extend(["revision", "through", "root", "key"]);
    let mut listing = Listing::new(&columns);
    for line in &traced.lines {
        listing.row(cells(line, asked, context.language));
    }
    listing.print(format, context.language)?;
    let args = [
        ("unit", asked.unit.to_string()),
        ("first", asked.period.first.to_string()),
        ("last", asked.period.last.to_string()),
        ("rule", asked.rule.clone().unwrap_or_else(|| text(context.language, "proof-all-rules"))),
        ("items", traced.lines.iter().filter(|line| line.depth == 0).count().to_string()),
        ("silent", traced.silent.to_string()),
        ("sum", amount(&traced.sum, context.language)),
        ("shown", amount(&traced.shown, context.language)),
    ];
    let fits = traced.sum == traced.shown;
    let key = if fits { "proof-figure-fits" } else { "proof-figure-differs" };
    say(format, &text_with(context.language, key, &args));
    if fits { Ok(()) } else { Err(Failure::Said(MISFIT)) }
}

/// A figure in one line.
fn amount(figures: &Figures, language: Language) -> String {
    let tally = figures.tally();
    let mut args = vec![
        ("expected", tally.expected().to_string()),
        ("met", tally.met.to_string()),
        ("late", tally.late.to_string()),
        ("overdue", tally.overdue.to_string()),
        ("pending", tally.pending.to_string()),
        ("exempt", tally.exempt.to_string()),
    ];
    args.extend(COUNTS.map(|(key, count)| (key, figures.count(&CountKey::Total(count)).to_string())));
    text_with(language, "proof-amount", &args)
}

fn cells(line: &Line<'_>, asked: &Asked, language: Language) -> Vec<Cell> {
    let tally = line.part.tally();
    let sender = line.series.sender.to_string();
    let indented = format!("{}{sender}", "　".repeat(line.depth));
    let adds = match (line.flows, line.stocks) {
        (true, true) => "both",
        (true, false) => "flows",
        _ => "stocks",
    };
    let scope = match line.series.scope {
        Scope::Own => "own",
        Scope::Subtree => "subtree",
    };
    let named = |word: &str| Cell::shown_as(json!(word), text(language, &format!("proof-{word}")));
    let mut cells = vec![
        json!(line.level.as_str()).into(),
        json!(line.depth).into(),
        Cell::shown_as(json!(sender), indented),
        json!(line.series.unit.as_str()).into(),
        json!(line.month.to_string()).into(),
        named(scope),
        named(adds),
        json!(tally.expected()).into(),
    ];
    let counted = [tally.met, tally.late, tally.overdue, tally.pending, tally.exempt];
    cells.extend(counted.map(|count| Cell::from(json!(count))));
    if asked.rule.is_none() {
        cells.extend(COUNTS.map(|(_, count)| Cell::from(json!(line.part.count(&CountKey::Total(count))))));
    }
    let batch = line.item.batch;
    let short = |hash: String| {
        let shown = hash.chars().take(16).collect();
        Cell::shown_as(Value::from(hash), shown)
    };
    cells.push(json!(line.item.revision).into());
    cells.push(json!(batch.map(|batch| batch.through)).into());
    cells.push(batch.map_or_else(|| Value::Null.into(), |batch| short(batch.root.to_string())));
    cells.push(batch.map_or_else(|| Value::Null.into(), |batch| short(batch.key.to_string())));
    cells
}

fn conclude(
    joined: &Joined<'_>,
    spoilt: &[Doubt],
    down_to_the_offices: bool,
    context: &Context,
) -> Result<(), Failure> {
    let language = context.language;
    let misfits: Vec<&Doubt> = joined.misfits.iter().chain(spoilt).collect();
    for misfit in &misfits {
        eprintln!("{}", misfit.tell(language));
    }
    let open = if down_to_the_offices { joined.open.as_slice() } else { &[] };
    for left in open {
        eprintln!("{}", left.tell(language));
    }
    let count = |number: usize| [("count", number.to_string())];
    if !misfits.is_empty() {
        eprintln!("{}", text_with(language, "proof-misfits", &count(misfits.len())));
        return Err(Failure::Said(MISFIT));
    }
    if !open.is_empty() {
        eprintln!("{}", text_with(language, "proof-open", &count(open.len())));
        return Err(Failure::Said(OPEN));
    }
    eprintln!("{}", text(language, if down_to_the_offices { "proof-proven" } else { "proof-proven-here" }));
    Ok(())
}

impl Told for Misfit {
    fn key(&self) -> &'static str {
        match self {
            Self::Batch { .. } => "hub-misfit-batch",
            Self::Item { .. } => "hub-misfit-item",
            Self::Row { .. } => "hub-misfit-row",
            Self::Onward { .. } => "hub-misfit-onward",
            Self::Published { .. } => "hub-misfit-published",
            Self::Anchor { .. } => "hub-misfit-anchor",
            Self::Audit { .. } => "hub-misfit-audit",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        let key_text = |key: &zhuji_protocol::wire::item::ItemKey| {
            vec![("kind", key.kind.to_string()), ("unit", key.unit.to_string()), ("subkey", hex(&key.subkey))]
        };
        match self {
            Self::Batch { sender, through } => {
                vec![("sender", sender.to_string()), ("through", through.to_string())]
            }
            Self::Item { sender, key } => {
                let mut args = key_text(key);
                args.push(("sender", sender.to_string()));
                args
            }
            Self::Row { unit, month } => vec![("unit", unit.to_string()), ("month", month.to_string())],
            Self::Onward { key } | Self::Published { key } => key_text(key),
            Self::Anchor { sender, entries } => {
                vec![("sender", sender.to_string()), ("entries", entries.to_string())]
            }
            Self::Audit { number } => vec![("number", number.to_string())],
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
