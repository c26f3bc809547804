//! `pairing-quota`: a leader has between min and max talents; a talent has a leader.

use super::judging::{Finding, Outcome, number, subject};
use super::limit::days_after;
use super::reasons::{Counted, DueReason, Record, RequiredReason, StartReason};
use super::{Known, Subject, SubjectType};
use crate::policy::{PairingQuota, QuotaPer};
use chrono::NaiveDate;

pub(super) fn findings(quota: &PairingQuota, known: &Known<'_>) -> Vec<Finding> {
    let in_office = |life: Option<super::Span>| life.is_some_and(|life| life.contains(known.as_of));
    let group = quota.group.as_deref();
    match quota.per {
        QuotaPer::Leader => {
            let leaders = known.leaders.iter().filter(|leader| in_office(leader.life) && leader.is_in(group));
            let finding = |leader: &super::known::KnownLeader<'_>| {
                let who = subject(SubjectType::Leader, &leader.row.id);
                finding(quota, known, who, leader.from, &leader.pairings)
            };
            leaders.map(finding).collect()
        }
        QuotaPer::Talent => {
            let talents = known
                .talents
                .iter()
                .filter(|talent| in_office(talent.life) && talent.is_one_of(&quota.categories));
            let finding = |talent: &super::known::KnownTalent<'_>| {
                let who = subject(SubjectType::Talent, &talent.row.id);
                finding(quota, known, who, talent.from, &talent.pairings)
            };
            talents.map(finding).collect()
        }
    }
}

fn finding(
    quota: &PairingQuota,
    known: &Known<'_>,
    subject: Subject,
    from: NaiveDate,
    pairings: &[usize],
) -> Finding {
    let kept = pairings.iter().map(|at| &known.pairings[*at]).filter(|pairing| {
        let talent = pairing.talent.map(|at| &known.talents[at]);
        pairing.is_active_on(known.as_of)
            && known.keeps(quota.group.as_deref(), pairing)
            && talent.is_some_and(|talent| talent.is_one_of(&quota.categories))
    });
    let counted: Vec<Counted> = kept
        .map(|pairing| Counted { record: Record::Pairing, place: pairing.place, on: pairing.since() })
        .collect();

    let actual = number(counted.len());
    let effective = known.policy.effective;
    let start = from.max(effective);
    Finding {
        subject,
        item: String::new(),
        period: String::new(),
        start,
        start_reason: StartReason::TakenUp { from, effective },
        due: days_after(start, quota.grace_days),
        due_reason: DueReason::Days(quota.grace_days),
        required: quota.min,
        required_reason: quota
            .max
            .map_or(RequiredReason::AtLeast(quota.min), |max| RequiredReason::Between(quota.min, max)),
        outcome: Outcome::Standing {
            holds: quota.min <= actual && quota.max.is_none_or(|max| actual <= max),
            actual,
            aim: false,
        },
        counted,
    }
}
