//! `evaluate`: judges a folder of facts by a policy, so that an office can try a draft on last year's records
//! and anyone can check the engine (policy-format, section 7).

use super::words;
use crate::context::Context;
use crate::inputs;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::rules::{self, Answer, Verdict};
use zhuji_protocol::texts::{Language, Told, text};

/// What is judged, by what, and on which day.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A file or the id of a built-in policy.
    #[arg(long, value_name = "FILE_OR_ID")]
    policy: String,
    /// The folder of facts.
    #[arg(long, value_name = "DIR")]
    facts: PathBuf,
    /// The day on which it is judged.
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    as_of: NaiveDate,
    /// The first day of the window.
    #[arg(long, value_name = "DATE", value_parser = words::date)]
    from: Option<NaiveDate>,
    /// A newer calendar.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
    /// How the answer is printed.
    #[arg(long, default_value = "table")]
    format: Format,
}

/// Prints the answer.
///
/// # Errors
/// When the window ends before it begins, and with every fault of the policy and the facts.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let language = context.language;
    let from = window(args.from, args.as_of)?;
    let calendar = inputs::calendar(args.calendar.as_deref(), language).map_err(Failure::Lines)?;
    let (policy, facts) =
        inputs::policy_and_facts(&args.policy, &args.facts, &calendar, language).map_err(Failure::Lines)?;
    let answer = rules::evaluate(&policy, &calendar, &facts, from, args.as_of);
    let mut out = BufWriter::new(io::stdout().lock());
    print(&mut out, &answer, args.format, language)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::Unexpected(error.into()))
}

/// The first day of the window, as given or usual.
///
/// # Errors
/// When it lies after the day on which it is judged.
pub fn window(from: Option<NaiveDate>, as_of: NaiveDate) -> Result<NaiveDate, Failure> {
    let from = from.unwrap_or_else(|| rules::default_from(as_of));
    if from > as_of { Err(Failure::told(FromAfterAsOf { from, as_of })) } else { Ok(from) }
}

/// `--from` lies after `--as-of`.
#[derive(Debug)]
struct FromAfterAsOf {
    from: NaiveDate,
    as_of: NaiveDate,
}

impl Told for FromAfterAsOf {
    fn key(&self) -> &'static str {
        "evaluate-from-after-as-of"
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        vec![("from", self.from.to_string()), ("as-of", self.as_of.to_string())]
    }
}

/// Prints an answer as the contract says, or as tables for people.
///
/// # Errors
/// When `out` cannot be written.
pub fn print(out: &mut impl Write, answer: &Answer, format: Format, language: Language) -> io::Result<()> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &answer.worded(language))?;
            writeln!(out)
        }
        Format::Csv => every_key(answer).write(out, format, language),
        Format::Table => {
            for_people(answer, language).write(out, format, language)?;
            writeln!(out)?;
            tallies(answer).write(out, format, language)?;
            answer.notes.iter().try_for_each(|note| writeln!(out, "{}", note.tell(language)))
        }
    }
}

/// Every verdict with the contract's keys.
fn every_key(answer: &Answer) -> Listing {
    let mut listing = Listing::new(&[
        "rule",
        "kind",
        "clause",
        "subject_type",
        "subject_id",
        "item",
        "period",
        "start",
        "due",
        "done",
        "required",
        "actual",
        "status",
        "assumed",
        "calendar",
    ]);
    for verdict in &answer.verdicts {
        listing.row(vec![
            json!(verdict.rule),
            json!(verdict.kind),
            json!(verdict.clause),
            json!(verdict.subject.r#type),
            json!(verdict.subject.id),
            json!(verdict.item),
            json!(verdict.period),
            json!(verdict.start),
            json!(verdict.due),
            json!(verdict.done),
            json!(verdict.required),
            json!(verdict.actual),
            json!(verdict.status),
            json!(verdict.assumed),
            json!(verdict.calendar),
        ]);
    }
    listing
}

/// The verdicts as an office reads them.
fn for_people(answer: &Answer, language: Language) -> Listing {
    let mut listing = Listing::new(&[
        "rule",
        "clause",
        "subject_id",
        "item",
        "period",
        "start",
        "due",
        "done",
        "required",
        "actual",
        "status",
    ]);
    for verdict in &answer.verdicts {
        listing.row(vec![
            Cell::from(json!(verdict.rule)),
            json!(verdict.clause).into(),
            json!(verdict.subject.id).into(),
            json!(verdict.item).into(),
            json!(verdict.period).into(),
            json!(verdict.start).into(),
            json!(verdict.due).into(),
            json!(verdict.done).into(),
            json!(verdict.required).into(),
            json!(verdict.actual).into(),
            status(verdict, language),
        ]);
    }
    listing
}

/// The status in words, with what makes it uncertain.
fn status(verdict: &Verdict, language: Language) -> Cell {
    let mut shown = text(language, &format!("status-{}", verdict.status.word()));
    if verdict.assumed {
        shown.push_str(&text(language, "status-mark-assumed"));
    }
    if verdict.calendar == rules::CalendarBasis::Plain {
        shown.push_str(&text(language, "status-mark-plain"));
    }
    Cell::shown_as(Value::from(verdict.status.word()), shown)
}

fn tallies(answer: &Answer) -> Listing {
    let mut listing = Listing::new(&["rule", "expected", "met", "late", "overdue", "pending", "exempt"]);
    for (rule, row) in &answer.tallies {
        let tally = row.tally;
        listing.row(vec![
            json!(rule),
            json!(row.expected),
            json!(tally.met),
            json!(tally.late),
            json!(tally.overdue),
            json!(tally.pending),
            json!(tally.exempt),
        ]);
    }
    listing
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::calendar::Calendar;
    use zhuji_protocol::facts::{Facts, Leader};
    use zhuji_protocol::policy::{Alone, Source, parse};

    fn printed(format: Format) -> String {
        let text = "[policy]\nid = \"town\"\ntitle = \"制度\"\neffective = 2026-12-01\nunit = \"U\"\n\
                    [[rule]]\nid = \"one\"\nkind = \"pairing-quota\"\ntitle = \"t\"\nclause = \"一，1\"\nmin = 1\ngrace_days = 60\n";
        let source = Source { file: "town.toml".to_owned(), bytes: text.into() };
        let policy = parse(&source, &Alone, Calendar::shipped()).unwrap();
        let leader = Leader { id: "L,1".to_owned(), ..Leader::default() };
        let facts = Facts { leaders: vec![leader], ..Facts::default() };
        let as_of = "2026-12-31".parse().unwrap();
        let answer = rules::evaluate(&policy, Calendar::shipped(), &facts, rules::default_from(as_of), as_of);
        let mut out = Vec::new();
        print(&mut out, &answer, format, Language::Chinese).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_has_the_contracts_columns_and_empty_cells_for_null() {
        assert_eq!(
            printed(Format::Csv),
            "rule,kind,clause,subject_type,subject_id,item,period,start,due,done,required,actual,status,assumed,calendar\n\
             one,pairing-quota,一，1,leader,\"L,1\",,,2026-12-01,2027-01-30,,1,0,pending,false,plain\n"
        );
    }

    #[test]
    fn json_is_one_object_in_the_contracts_order() {
        let json = printed(Format::Json);
        let answer: Value = serde_json::from_str(&json).unwrap();
        let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["policy", "as_of", "from", "notes", "verdicts", "tallies"]);
        assert_eq!(answer["from"], "2025-01-01");
        assert_eq!(answer["verdicts"][0]["done"], Value::Null);
        assert_eq!(answer["tallies"]["one"]["expected"], 1);
    }

    #[test]
    fn the_table_is_headed_in_the_users_language_and_marks_what_may_move() {
        let table = printed(Format::Table);
        assert!(table.contains("对象") && table.contains("待办（暂定）"), "{table}");
    }
}
