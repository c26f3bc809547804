//! The report: what a unit's offices did in a period, beside who reports and who is missing.
//!
//! It shows figures that the store holds; it judges nothing. A rate is computed only here, where it is shown.

use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use zhuji_protocol::console::{Cell, Listing};
use zhuji_protocol::figures::{Count, CountKey, Figures, TallyKey};
use zhuji_protocol::reporting::Reporting;
use zhuji_protocol::rules::Tally;
use zhuji_protocol::summary::Summary;
use zhuji_protocol::texts::{self, Language};
use zhuji_protocol::unit::UnitId;

/// A unit with everything below it, in a period.
#[derive(Clone, Debug)]
pub struct UnitFigures {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// How far below the unit asked for.
    pub depth: usize,
    /// The sum of the period's flows, and the stocks of its last month.
    pub summary: Summary,
    /// Who reports.
    pub reporting: Reporting,
}

/// What a row of the report is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// A unit.
    #[default]
    Unit,
    /// A rule of a policy, or a kind where the policy is not known here.
    Rule,
    /// A kind of rule: places under different documents can be compared.
    Kind,
}

const UNIT_COLUMNS: [&str; 4] = ["unit", "name", "depth", "policy"];
const TALLY_COLUMNS: [&str; 9] =
    ["expected", "met", "late", "overdue", "pending", "exempt", "completeness", "timeliness", "so_far"];
const COUNT_COLUMNS: [(&str, Count); 5] = [
    ("leaders", Count::Leaders),
    ("talents", Count::Talents),
    ("pairings", Count::Pairings),
    ("contacts", Count::Contacts),
    ("cases", Count::Cases),
];
const REPORTING_COLUMNS: [&str; 4] = ["units_expected", "units_reported", "units_missing", "units_stale"];

/// The report's rows.
#[must_use]
pub fn listing(units: &[UnitFigures], by: By, today: NaiveDate, language: Language) -> Listing {
    let mut columns: Vec<&'static str> = UNIT_COLUMNS.to_vec();
    match by {
        By::Unit => {}
        By::Rule => columns.extend(["kind", "of_policy", "rule", "assumed"]),
        By::Kind => columns.extend(["kind", "assumed"]),
    }
    columns.extend(TALLY_COLUMNS);
    if by == By::Unit {
        columns.extend(COUNT_COLUMNS.map(|(key, _)| key));
    }
    columns.extend(REPORTING_COLUMNS);
    let mut listing = Listing::new(&columns);
    for unit in units {
        for (keys, tally) in tallies(unit, by) {
            let mut row = unit_cells(unit, language);
            row.extend(keys.into_iter().map(Cell::from));
            row.extend(tally_cells(&tally, policy_of(&unit.reporting), language));
            if by == By::Unit {
                row.extend(COUNT_COLUMNS.map(|(_, count)| Cell::from(json!(counted(&unit.summary, count)))));
            }
            row.extend(reporting_cells(&unit.reporting, today));
            listing.row(row);
        }
    }
    listing
}

/// One row for the unit, or one for each key; a unit without verdicts has no rows by rule or kind.
fn tallies(unit: &UnitFigures, by: By) -> Vec<(Vec<Value>, Tally)> {
    let both = [&unit.summary.stocks, &unit.summary.flows];
    if by == By::Unit {
        let all = both.iter().fold(Tally::default(), |sum, figures| sum + figures.tally());
        return vec![(Vec::new(), all)];
    }
    let mut summed: BTreeMap<TallyKey, Tally> = BTreeMap::new();
    for (key, tally) in both.iter().flat_map(|figures| figures.tallies()) {
        let key = if by == By::Kind { key.without_policy() } else { key.clone() };
        *summed.entry(key).or_default() += *tally;
    }
    summed.into_iter().map(|(key, tally)| (key_cells(&key, by), tally)).collect()
}

fn key_cells(key: &TallyKey, by: By) -> Vec<Value> {
    let kind = json!(key.kind().word());
    let assumed = json!(key.assumed());
    match (by, key) {
        (By::Rule, TallyKey::Rule { policy, rule, .. }) => vec![kind, json!(policy), json!(rule), assumed],
        (By::Rule, TallyKey::Kind { .. }) => vec![kind, Value::Null, Value::Null, assumed],
        _ => vec![kind, assumed],
    }
}

fn unit_cells(unit: &UnitFigures, language: Language) -> Vec<Cell> {
    let indented = format!("{}{}", "　".repeat(unit.depth), unit.name);
    let policy = policy_of(&unit.reporting);
    vec![
        json!(unit.unit.as_str()).into(),
        Cell::shown_as(json!(unit.name), indented),
        json!(unit.depth).into(),
        Cell::shown_as(json!(policy), texts::text(language, &format!("report-policy-{policy}"))),
    ]
}

/// Whether the units that report have a policy: a place without one has no rate, never 0 %.
fn policy_of(reporting: &Reporting) -> &'static str {
    match (reporting.with_policy, reporting.reported) {
        (_, 0) => "unknown",
        (0, _) => "none",
        (with, all) if with < all => "some",
        _ => "all",
    }
}

fn tally_cells(tally: &Tally, policy: &str, language: Language) -> Vec<Cell> {
    let counts = [tally.expected(), tally.met, tally.late, tally.overdue, tally.pending, tally.exempt];
    let mut cells: Vec<Cell> = counts.into_iter().map(|count| Cell::from(json!(count))).collect();
    for rate in [tally.completeness(), tally.timeliness(), tally.compliance_so_far()] {
        cells.push(match rate {
            Some(rate) => Cell::shown_as(json!(rounded(rate)), format!("{:.1}%", rate * 100.0)),
            None if policy == "none" => {
                Cell::shown_as(Value::Null, texts::text(language, "report-policy-none"))
            }
            None => Cell::from(Value::Null),
        });
    }
    cells
}

/// Four digits: enough for a percentage with two.
fn rounded(rate: f64) -> f64 {
    (rate * 10_000.0).round() / 10_000.0
}

fn counted(summary: &Summary, count: Count) -> i64 {
    let of = |figures: &Figures| figures.count(&CountKey::Total(count));
    of(&summary.stocks) + of(&summary.flows)
}

fn reporting_cells(reporting: &Reporting, today: NaiveDate) -> [Cell; 4] {
    [reporting.expected, reporting.reported, reporting.missing(), reporting.stale(today)]
        .map(|units| Cell::from(json!(units)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zhuji_protocol::console::Format;
    use zhuji_protocol::policy::Kind;

    fn unit(reporting: Reporting, tally: Tally) -> UnitFigures {
        let mut summary = Summary::default();
        summary.flows.add_tally(TallyKey::Kind { kind: Kind::ReportDue, assumed: false }, tally);
        let unit = "511723205000".parse().expect("a unit id");
        UnitFigures { unit, name: "梅家乡".into(), depth: 1, summary, reporting }
    }

    fn printed(units: &[UnitFigures], by: By) -> Value {
        let mut out = Vec::new();
        let today = "2026-03-20".parse().expect("a date");
        listing(units, by, today, Language::English)
            .write(&mut out, Format::Json, Language::English)
            .expect("it prints");
        serde_json::from_slice(&out).expect("it is JSON")
    }

    #[test]
    fn a_place_without_a_policy_has_no_rate() {
        let today = "2026-03-20".parse().expect("a date");
        let none = printed(&[unit(Reporting::heard(today, false), Tally::default())], By::Unit);
        assert_eq!(none[0]["policy"], "none");
        assert_eq!(none[0]["completeness"], Value::Null);
        let tally = Tally { met: 1, late: 1, overdue: 2, pending: 4, exempt: 3 };
        let all = printed(&[unit(Reporting::heard(today, true), tally)], By::Unit);
        assert_eq!(all[0]["policy"], "all");
        assert_eq!(all[0]["expected"], 8);
        assert_eq!(all[0]["completeness"], 0.25);
        assert_eq!(all[0]["timeliness"], 0.125);
        assert_eq!(all[0]["so_far"], 0.5);
    }

    #[test]
    fn missing_and_stale_units_stand_beside_every_figure() {
        let mut reporting = Reporting::heard("2026-03-01".parse().expect("a date"), true);
        reporting.add(&Reporting::silent());
        let rows = printed(&[unit(reporting, Tally { met: 1, ..Tally::default() })], By::Kind);
        assert_eq!(rows[0]["kind"], "report-due");
        for (key, units) in
            [("units_expected", 2), ("units_reported", 1), ("units_missing", 1), ("units_stale", 1)]
        {
            assert_eq!(rows[0][key], units, "{key}");
        }
    }
}
