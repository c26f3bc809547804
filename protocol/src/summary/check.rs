//! What a hub refuses in a summary: keys that its policy lacks, figures in the wrong place, absurd numbers.

use super::{LONGEST_CASE_DAYS, Summary, UNNAMED};
use crate::figures::{CountKey, Facet, Figures, TallyKey};
use crate::policy::Policy;
use crate::texts::{Language, Told};
use std::fmt;

/// How large a figure may honestly be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// One office: ten million of anything in a month is a mistake or an attack.
    Office,
    /// A hub's subtree: ten million offices' worth.
    Subtree,
}

impl Scale {
    /// The largest figure taken.
    #[must_use]
    pub fn most(self) -> i64 {
        match self {
            Self::Office => 10_000_000,
            Self::Subtree => 1_000_000_000_000,
        }
    }
}

/// The most keys that one summary may have; the richest policy known has some two hundred.
pub const MOST_KEYS: usize = 4096;

/// Why a summary is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what was found")]
pub enum SummaryFault {
    /// A figure above what its scale allows.
    Absurd { found: i64, most: i64 },
    /// A figure below zero.
    Negative,
    /// More keys than [`MOST_KEYS`].
    TooManyKeys { found: usize },
    /// A policy that is not assigned to the unit.
    UnknownPolicy { policy: String },
    /// A rule that no version of its policy has, or has with another kind.
    UnknownRule { policy: String, rule: String },
    /// A key that its policy's vocabulary lacks.
    UnknownKey { policy: String, key: String },
    /// A flow among the stocks, or a stock among the flows.
    Misplaced,
}

impl Summary {
    /// Whether a hub may take it in. `policies` gives every version that it knows of an id that is assigned to the unit
    /// or above it; none: unknown.
    ///
    /// # Errors
    /// The first thing wrong.
    pub fn check<'p>(
        &self,
        scale: Scale,
        policies: &impl Fn(&str) -> Vec<&'p Policy>,
    ) -> Result<(), SummaryFault> {
        let found = self.stocks.keys() + self.flows.keys();
        if found > MOST_KEYS {
            return Err(SummaryFault::TooManyKeys { found });
        }
        check_figures(&self.stocks, true, scale, policies)?;
        check_figures(&self.flows, false, scale, policies)
    }
}

fn check_figures<'p>(
    figures: &Figures,
    stock: bool,
    scale: Scale,
    policies: &impl Fn(&str) -> Vec<&'p Policy>,
) -> Result<(), SummaryFault> {
    // Keys come in order, so those of one policy stand together and it is looked up once.
    let mut known = Known::default();
    for (key, tally) in figures.tallies() {
        if key.kind().is_standing() != stock {
            return Err(SummaryFault::Misplaced);
        }
        for figure in [tally.met, tally.late, tally.overdue, tally.pending, tally.exempt] {
            check_size(figure, scale)?;
        }
        let TallyKey::Rule { policy, rule, kind, assumed } = key else { continue };
        let versions = known.versions(policies, policy)?;
        let has = |version: &&Policy| {
            version.rules.iter().any(|known| {
                known.id == *rule && known.asks.kind() == *kind && known.assumed.is_some() == *assumed
            })
        };
        if !versions.iter().any(has) {
            return Err(SummaryFault::UnknownRule { policy: policy.clone(), rule: rule.clone() });
        }
    }
    for (key, count) in figures.counts() {
        if key.is_stock() != stock {
            return Err(SummaryFault::Misplaced);
        }
        check_size(count, scale)?;
        check_key(key, policies, &mut known)?;
    }
    Ok(())
}

fn check_size(figure: i64, scale: Scale) -> Result<(), SummaryFault> {
    if figure < 0 {
        return Err(SummaryFault::Negative);
    }
    if figure > scale.most() {
        return Err(SummaryFault::Absurd { found: figure, most: scale.most() });
    }
    Ok(())
}

/// The versions of the policy that was asked for last.
#[derive(Default)]
struct Known<'k, 'p>(Option<(&'k str, Vec<&'p Policy>)>);

impl<'k, 'p> Known<'k, 'p> {
    fn versions(
        &mut self,
        policies: &impl Fn(&str) -> Vec<&'p Policy>,
        policy: &'k str,
    ) -> Result<&[&'p Policy], SummaryFault> {
        if self.0.as_ref().is_none_or(|(last, _)| *last != policy) {
            self.0 = Some((policy, policies(policy)));
        }
        match &self.0 {
            Some((_, versions)) if !versions.is_empty() => Ok(versions),
            _ => Err(SummaryFault::UnknownPolicy { policy: policy.to_owned() }),
        }
    }
}

fn check_key<'k, 'p>(
    key: &'k CountKey,
    policies: &impl Fn(&str) -> Vec<&'p Policy>,
    known: &mut Known<'k, 'p>,
) -> Result<(), SummaryFault> {
    let (policy, word) = match key {
        CountKey::Keyed { policy, key, .. } => (policy, key),
        CountKey::ClassedCases { policy, class, .. } => (policy, class),
        CountKey::ClassedCaseDays { policy, class, days } => {
            check_days(*days)?;
            (policy, class)
        }
        CountKey::CaseDays(days) => return check_days(*days),
        CountKey::Total(_) | CountKey::ContactsBegunBy(_) | CountKey::CasesIn(_) => return Ok(()),
    };
    let versions = known.versions(policies, policy)?;
    let names = |version: &&Policy| {
        let vocabulary = &version.vocabulary;
        let words = match key {
            CountKey::Keyed { facet: Facet::TalentCategory, .. } => &vocabulary.categories,
            CountKey::Keyed { facet: Facet::ContactMode, .. } => &vocabulary.modes,
            CountKey::Keyed { facet: Facet::ContactTopic, .. } => &vocabulary.topics,
            CountKey::Keyed { facet: Facet::EventKind, .. } => &vocabulary.events,
            CountKey::Keyed { facet: Facet::ServiceKind, .. } => &vocabulary.activities,
            _ => &vocabulary.case_classes,
        };
        words.has(word)
    };
    if word == UNNAMED || versions.iter().any(names) {
        Ok(())
    } else {
        Err(SummaryFault::UnknownKey { policy: policy.clone(), key: word.clone() })
    }
}

fn check_days(days: u16) -> Result<(), SummaryFault> {
    let found = i64::from(days);
    if found > LONGEST_CASE_DAYS {
        return Err(SummaryFault::Absurd { found, most: LONGEST_CASE_DAYS });
    }
    Ok(())
}

impl Told for SummaryFault {
    fn key(&self) -> &'static str {
        match self {
            Self::Absurd { .. } => "fault-summary-absurd",
            Self::Negative => "fault-summary-negative",
            Self::TooManyKeys { .. } => "fault-summary-too-many-keys",
            Self::UnknownPolicy { .. } => "fault-summary-unknown-policy",
            Self::UnknownRule { .. } => "fault-summary-unknown-rule",
            Self::UnknownKey { .. } => "fault-summary-unknown-key",
            Self::Misplaced => "fault-summary-misplaced",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Absurd { found, most } => vec![("found", found.to_string()), ("most", most.to_string())],
            Self::Negative | Self::Misplaced => vec![],
            Self::TooManyKeys { found } => {
                vec![("found", found.to_string()), ("most", MOST_KEYS.to_string())]
            }
            Self::UnknownPolicy { policy } => vec![("policy", policy.clone())],
            Self::UnknownRule { policy, rule } => vec![("policy", policy.clone()), ("rule", rule.clone())],
            // A key that nobody knows may be a name: it is counted, never repeated.
            Self::UnknownKey { policy, .. } => vec![("policy", policy.clone())],
        }
    }
}

impl fmt::Display for SummaryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tell(Language::English))
    }
}

impl std::error::Error for SummaryFault {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A summary with so many keys of one policy that has no words at all: `-` is every policy's.
    fn with_keys(count: usize) -> Summary {
        let mut summary = Summary::default();
        for number in 0..count {
            let days = u16::try_from(number % 367).expect("small");
            let (policy, class) = (format!("p{}", number / 367), UNNAMED.to_owned());
            summary.flows.add_count(CountKey::ClassedCaseDays { policy, class, days }, 1);
        }
        summary
    }

    fn check(summary: &Summary, scale: Scale) -> Result<(), SummaryFault> {
        let text = "[policy]\nid = \"p\"\ntitle = \"t\"\neffective = 2015-07-21\nunit = \"430981000000\"\n";
        let source = crate::policy::Source { file: "p.toml".to_owned(), bytes: text.into() };
        let policy =
            crate::policy::parse(&source, &crate::policy::Alone, crate::calendar::Calendar::shipped());
        let policy = policy.expect("a policy");
        summary.check(scale, &|_| vec![&policy])
    }

    #[test]
    fn the_most_keys_pass_and_one_more_does_not() {
        assert_eq!(check(&with_keys(MOST_KEYS - 1), Scale::Office), Ok(()));
        assert_eq!(check(&with_keys(MOST_KEYS), Scale::Office), Ok(()));
        let found = MOST_KEYS + 1;
        assert_eq!(check(&with_keys(found), Scale::Office), Err(SummaryFault::TooManyKeys { found }));
    }

    #[test]
    fn the_largest_figure_of_each_scale_passes_and_one_more_does_not() {
        for scale in [Scale::Office, Scale::Subtree] {
            let most = scale.most();
            for (figure, passes) in [(most - 1, true), (most, true), (most + 1, false)] {
                let mut summary = Summary::default();
                summary.flows.add_count(CountKey::CaseDays(1), figure);
                assert_eq!(check(&summary, scale).is_ok(), passes, "{figure}");
                let mut summary = Summary::default();
                let tally = crate::rules::Tally { late: figure, ..crate::rules::Tally::default() };
                let kind = crate::policy::Kind::EventReport;
                summary.flows.add_tally(TallyKey::Kind { kind, assumed: false }, tally);
                assert_eq!(check(&summary, scale).is_ok(), passes, "{figure}");
            }
        }
    }

    #[test]
    fn the_longest_case_passes_and_a_day_more_does_not() {
        for (days, passes) in [(365, true), (366, true), (367, false)] {
            let mut summary = Summary::default();
            summary.flows.add_count(CountKey::CaseDays(days), 1);
            assert_eq!(check(&summary, Scale::Office).is_ok(), passes, "{days}");
        }
    }
}
