//! `status`: what this store is, what it holds, and where its link stands, as far as that is known without a network.

use super::fault::heading;
use super::sheet::{self, PrintArgs};
use crate::context::Context;
use crate::desk::Desk;
use crate::store::{StoreFault, assignment, audit, directory, judging, setting, uplink};
use crate::uplink::shortfalls;
use chrono::DateTime;
use serde_json::Value;
use zhuji_protocol::console::{Cell, Failure, Format, Listing};
use zhuji_protocol::texts::{Told, text};
use zhuji_protocol::wire::close::CloseCode;

/// Nothing to choose but the format.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    print: PrintArgs,
}

/// Shows it.
///
/// # Errors
/// When the store cannot be read.
pub fn run(args: Args, context: &Context) -> Result<(), Failure> {
    let mut desk = Desk::open(context)?;
    let mut lines = of_the_office(&desk)?;
    lines.extend(of_the_policy(&desk)?);
    lines.extend(of_the_records(&mut desk)?);
    lines.extend(of_the_link(&desk)?);
    print(&desk, lines, args.print)
}

/// A line of the status: its word, and what is to be seen under it.
pub type Line = (&'static str, Cell);

fn of_the_office(desk: &Desk) -> Result<Vec<Line>, StoreFault> {
    let office = &desk.office;
    Ok(vec![
        ("store", sheet::text(desk.store.path().display().to_string())),
        ("unit", sheet::text(office.unit.as_str())),
        ("name", sheet::text(&office.name)),
        ("level", sheet::named(desk.language, "level", office.level.word())),
        ("since", sheet::dated(Some(office.since))),
        ("today", sheet::dated(Some(desk.today))),
    ])
}

fn of_the_policy(desk: &Desk) -> Result<Vec<Line>, StoreFault> {
    let db = desk.store.db();
    let calendar = directory::calendar(db)?;
    let office = judging::office(db, &calendar)?;
    let last_notice = calendar.years().last();
    let mut lines = vec![("calendar", last_notice.map_or(Value::Null, Value::from).into())];
    match office.policy_on(desk.today) {
        Some((segment, policy)) => lines.extend([
            ("policy", sheet::shown(&policy.id, Some(format!("{}（{}）", policy.title, policy.id)))),
            ("number", Value::from(segment.version.number).into()),
            ("assigned_to", sheet::text(segment.assigned_to.as_str())),
            ("own_choice", sheet::yes_or_no(desk.language, assignment::is_own_choice(db)?)),
        ]),
        None => lines.push(("policy", sheet::named(desk.language, "status", "no-policy"))),
    }
    Ok(lines)
}

fn of_the_records(desk: &mut Desk) -> Result<Vec<Line>, StoreFault> {
    desk.store.reading(|db| {
        let mut lines = Vec::new();
        for (word, count) in setting::counts(db)? {
            lines.push((word, Value::from(count).into()));
        }
        lines.push(("entries", Value::from(audit::length(db)?).into()));
        let last = audit::entries(db, None, 1)?.pop().map(|entry| entry.at);
        lines.push(("last_change", sheet::text(last.unwrap_or_default())));
        Ok(lines)
    })
}

/// Where the link stands since the last exchange; lag is what the hub has not acknowledged.
fn of_the_link(desk: &Desk) -> Result<Vec<Line>, StoreFault> {
    let db = desk.store.db();
    let Some(membership) = uplink::membership(db)? else {
        return Ok(vec![("hub", sheet::named(desk.language, "status", "not-enrolled"))]);
    };
    let standing = uplink::standing(db)?;
    let last_contact = standing.last_contact_ms.and_then(DateTime::from_timestamp_millis);
    let turned_away = standing.turned_away.map(CloseCode::from_number);
    let refused = uplink::refused(db)?;
    let reasons: Vec<String> = refused
        .iter()
        .map(|row| format!("{} {} {}", row.key.unit, row.reason.tell(desk.language), row.detail))
        .collect();
    Ok(vec![
        ("hub", sheet::text(membership.hub.as_str())),
        ("address", sheet::text(&membership.address)),
        ("last_contact", sheet::text(last_contact.map(|at| at.to_rfc3339()).unwrap_or_default())),
        ("turned_away", sheet::text(turned_away.map(|code| code.tell(desk.language)).unwrap_or_default())),
        ("skew_seconds", standing.skew_seconds.map_or(Value::Null, Value::from).into()),
        ("owed", Value::from(uplink::backlog(db, uplink::acknowledged(db)?.cursor)?).into()),
        ("refused", listed(reasons)),
        ("missing", missing(desk)?),
        ("handed_down", handed_down(desk)?),
    ])
}

fn listed(lines: Vec<String>) -> Cell {
    let shown = lines.join("\n");
    Cell::shown_as(Value::from(lines), shown)
}

/// Months to be entered again after a restore; people are told what to do about them.
fn missing(desk: &Desk) -> Result<Cell, StoreFault> {
    let mut lines = Vec::new();
    for (month, short) in shortfalls(desk.store.db(), desk.today)? {
        let figures = short.iter().map(|short| {
            let name = text(desk.language, &format!("recorded-{}", short.figure.word()));
            format!("{name} {} → {}", short.known, short.now)
        });
        lines.push(format!("{month}: {}", figures.collect::<Vec<_>>().join("; ")));
    }
    let mut shown = lines.clone();
    if !lines.is_empty() {
        shown.push(text(desk.language, "aside-what-to-do"));
    }
    Ok(Cell::shown_as(Value::from(lines), shown.join("\n")))
}

/// What the hub above handed down before it was restored itself, and not since: it holds here all the same.
fn handed_down(desk: &Desk) -> Result<Cell, StoreFault> {
    let keys = uplink::not_handed_down_again(desk.store.db())?;
    Ok(listed(
        keys.iter()
            .map(|key| format!("{} {}", key.unit, text(desk.language, &format!("handed-down-{}", key.kind))))
            .collect(),
    ))
}

/// Prints lines: for people one under the other, for programs as one object.
fn print(desk: &Desk, lines: Vec<Line>, print: PrintArgs) -> Result<(), Failure> {
    if print.format != Format::Table {
        let columns: Vec<&'static str> = lines.iter().map(|(word, _)| *word).collect();
        let mut listing = Listing::new(&columns);
        listing.row(lines.into_iter().map(|(_, cell)| cell).collect());
        return sheet::print(desk, &listing, print);
    }
    let mut listing = Listing::new(&["field", "value"]);
    for (word, cell) in lines {
        listing.row(vec![Cell::from(Value::from(heading(desk.language, word))), cell]);
    }
    sheet::print(desk, &listing, print)
}
