//! Which units a rule asks (policy-format, section 2, "Units").

use super::{Known, Span};
use crate::policy::{Having, Units};
use std::collections::{HashMap, HashSet};

impl<'a> Known<'a> {
    /// The codes of the units asked, of those that have a talent (leader) active on some of these days.
    pub(super) fn units(&self, asked: &Units, days: Span) -> Vec<&'a str> {
        let listed = self.facts.units.iter().filter(|unit| asked.levels.contains(&unit.level));
        let mut codes: Vec<&str> = match asked.levels.as_slice() {
            [] => vec![self.policy.unit.as_str()],
            _ => listed.map(|unit| unit.code.as_str()).collect(),
        };
        if let Some(having) = asked.having {
            let homes = self.homes(having, days);
            codes.retain(|code| homes.contains(code));
        }
        codes
    }

    /// The units of the talents (leaders) that are active on some of these days.
    fn homes(&self, having: Having, days: Span) -> HashSet<&'a str> {
        let active = |life: Option<Span>| life.and_then(|life| life.meet(days)).is_some();
        match having {
            Having::Talents => {
                let talents = self.talents.iter().filter(|talent| active(talent.life));
                talents.filter_map(|talent| talent.row.unit.as_deref()).collect()
            }
            Having::Leaders => {
                let leaders = self.leaders.iter().filter(|leader| active(leader.life));
                leaders.filter_map(|leader| leader.row.unit.as_deref()).collect()
            }
        }
    }

    /// The parent of each listed unit.
    pub(super) fn parents(&self) -> HashMap<&'a str, &'a str> {
        let parent = |unit: &'a crate::facts::Unit| Some((unit.code.as_str(), unit.parent.as_deref()?));
        self.facts.units.iter().filter_map(parent).collect()
    }
}
