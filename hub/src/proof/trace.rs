//! The signed items that make one figure, each with its part of it, down to the offices.

use super::check::{Checked, Standing};
use super::join::Joined;
use crate::store::onward::own_series;
use crate::store::territory::Series;
use zhuji_protocol::figures::{Figures, TallyKey};
use zhuji_protocol::identity::Role;
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::payload::SummaryV1;
use zhuji_protocol::wire::subkey::Scope;

/// Which figure.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose.
    pub unit: UnitId,
    /// The months whose flows are added up.
    pub period: Period,
    /// The month whose stocks are taken: the period's last, or the current one while it runs.
    pub stocks_of: Month,
    /// One rule of a policy, or one kind of rule, by its word; `None`: everything.
    pub rule: Option<String>,
}

/// An item and what it adds.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// How many levels below the one asked.
    pub depth: usize,
    /// The unit whose hub holds it.
    pub level: &'a UnitId,
    /// Who sent it, whose months it is one of.
    pub series: &'a Series,
    /// Of which month.
    pub month: Month,
    /// The item.
    pub item: &'a Standing<'a>,
    /// Its flows are added.
    pub flows: bool,
    /// Its stocks are added: they are carried to the month asked for.
    pub stocks: bool,
    /// What it adds.
    pub part: Figures,
}

/// A figure with what makes it.
#[derive(Clone, Debug)]
pub struct Traced<'a> {
    /// Items that add something; those of lower levels stand behind the one that was made of them.
    pub lines: Vec<Line<'a>>,
    /// Items of the level asked that count and add nothing.
    pub silent: usize,
    /// What the items of the level asked come to.
    pub sum: Figures,
    /// What the level shows.
    pub shown: Figures,
}

/// Lists what makes a figure of the highest level.
#[must_use]
pub fn trace<'a>(joined: &'a Joined<'a>, asked: &Asked) -> Traced<'a> {
    let top = &joined.levels[joined.top];
    let picked = picked(top, &asked.unit, &|month| asked.period.has(month), Some(asked.stocks_of));
    let mut traced =
        Traced { lines: Vec::new(), silent: 0, sum: Figures::default(), shown: shown(top, asked) };
    for pick in picked {
        let part = pick.part(asked);
        if part.is_zero() {
            traced.silent += 1;
            continue;
        }
        traced.sum += &part;
        descend(joined, asked, top, pick, 0, &mut traced.lines);
    }
    traced
}

/// More levels than any tree has: exports from elsewhere may name each other in a circle.
const DEEPEST: usize = 16;

/// An item that counts, and which of its figures do.
#[derive(Clone, Copy)]
struct Pick<'a> {
    series: &'a Series,
    month: Month,
    item: &'a Standing<'a>,
    flows: bool,
    stocks: bool,
}

impl Pick<'_> {
    fn part(&self, asked: &Asked) -> Figures {
        let mut part = Figures::default();
        if self.flows {
            part += &self.item.summary.flows;
        }
        if self.stocks {
            part += &self.item.summary.stocks;
        }
        of_rule(part, asked.rule.as_deref())
    }
}

fn descend<'a>(
    joined: &'a Joined<'a>,
    asked: &Asked,
    level: &'a Checked<'a>,
    pick: Pick<'a>,
    depth: usize,
    lines: &mut Vec<Line<'a>>,
) {
    let Pick { series, month, item, flows, stocks } = pick;
    let part = pick.part(asked);
    if part.is_zero() || depth > DEEPEST {
        return;
    }
    lines.push(Line { depth, level: level.own(), series, month, item, flows, stocks, part });
    let lower = joined.by_unit.get(&series.sender.unit).filter(|_| series.sender.role == Role::Hub);
    let Some(lower) = lower.map(|at| &joined.levels[*at]).filter(|lower| lower.own() != level.own()) else {
        return;
    };
    let below = match series.scope {
        Scope::Subtree => picked(lower, &series.unit, &|of| flows && of == month, stocks.then_some(month)),
        // A hub passes its own office's month on as it is.
        Scope::Own => lower
            .months
            .get_key_value(&own_series(&lower.territory))
            .and_then(|(series, months)| {
                months.get(&month).map(|item| Pick { series, month, item, flows, stocks })
            })
            .into_iter()
            .collect(),
    };
    for pick in below {
        descend(joined, asked, lower, pick, depth + 1, lines);
    }
}

/// The items of a level that count for a unit: those of the months whose flows are taken, and of every sender the
/// latest one up to the month whose stocks are.
fn picked<'a>(
    level: &'a Checked<'a>,
    unit: &UnitId,
    flows_of: &dyn Fn(Month) -> bool,
    stocks_of: Option<Month>,
) -> Vec<Pick<'a>> {
    let mut picked = Vec::new();
    for (series, months) in &level.months {
        let counts = |month| level.territory.counts_for(series, month).contains(unit);
        let carried = stocks_of
            .filter(|at| counts(*at))
            .and_then(|at| months.range(..=at).next_back())
            .map(|(month, _)| *month);
        for (month, item) in months {
            let flows = flows_of(*month) && counts(*month);
            let stocks = carried == Some(*month);
            if flows || stocks {
                picked.push(Pick { series, month: *month, item, flows, stocks });
            }
        }
    }
    picked
}

/// What the level's own rows show.
fn shown(level: &Checked<'_>, asked: &Asked) -> Figures {
    let mut flows = Figures::default();
    let mut stocks: Option<(Month, Figures)> = None;
    for row in level.level.figures.iter().filter(|row| row.unit == asked.unit) {
        let Some(month) = Month::from_number(row.month) else { continue };
        let Ok((summary, _)) = SummaryV1::decode(&row.body) else { continue };
        if asked.period.has(month) {
            flows += &summary.flows;
        }
        let is_latest = stocks.as_ref().is_none_or(|(latest, _)| *latest < month);
        if month <= asked.stocks_of && is_latest {
            stocks = Some((month, summary.stocks));
        }
    }
    if let Some((_, stocks)) = stocks {
        flows += &stocks;
    }
    of_rule(flows, asked.rule.as_deref())
}

/// Only what is counted under a rule of this name, or a kind of this word.
fn of_rule(figures: Figures, rule: Option<&str>) -> Figures {
    let Some(rule) = rule else { return figures };
    let mut kept = Figures::default();
    for (key, tally) in figures.tallies() {
        let is_named = match key {
            TallyKey::Rule { rule: of, kind, .. } => of == rule || kind.word() == rule,
            TallyKey::Kind { kind, .. } => kind.word() == rule,
        };
        if is_named {
            kept.add_tally(key.clone(), *tally);
        }
    }
    kept
}
