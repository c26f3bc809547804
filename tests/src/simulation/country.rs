//! The invented country of a run: real codes, a directory that changes, and who runs what.

use super::dice::Dice;
use zhuji_protocol::unit::{Level, UnitId};

/// A unit as the present snapshot of divisions shows it.
#[derive(Clone, Debug)]
pub struct Division {
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: &'static str,
    /// Its level.
    pub level: Level,
    /// The unit above.
    pub parent: Option<UnitId>,
}

/// Who runs what.
#[derive(Clone, Debug)]
pub struct Country {
    /// The present snapshot.
    pub divisions: Vec<Division>,
    /// Units that run a hub, from the top down.
    pub hubs: Vec<UnitId>,
    /// Units that run a node.
    pub nodes: Vec<UnitId>,
}

/// What there may be: code, name, level, parent.
const ALL: [(&str, &str, u8, &str); 15] = [
    ("510000000000", "四川省", 1, ""),
    ("511700000000", "达州市", 2, "510000000000"),
    ("511900000000", "巴中市", 2, "510000000000"),
    ("511722000000", "宣汉县", 3, "511700000000"),
    ("511723000000", "开江县", 3, "511700000000"),
    ("511902000000", "巴州区", 3, "511900000000"),
    ("511722001000", "东乡街道", 4, "511722000000"),
    ("511722100000", "君塘镇", 4, "511722000000"),
    ("511723101000", "普安镇", 4, "511723000000"),
    ("511723205000", "梅家乡", 4, "511723000000"),
    ("511902001000", "东城街道", 4, "511902000000"),
    ("511723205200", "梅家坝村", 5, "511723205000"),
    ("511723205201", "小方城村", 5, "511723205000"),
    ("511722100200", "洋烈村", 5, "511722100000"),
    ("511902001200", "后坝村", 5, "511902001000"),
];

/// A unit by its code.
///
/// # Panics
/// It is no code.
#[must_use]
pub fn unit(code: &str) -> UnitId {
    code.parse().expect("the code of a unit")
}

impl Country {
    /// A country of a seed's own: two to six hubs, three to seven nodes.
    #[must_use]
    pub fn of(dice: &mut Dice) -> Self {
        let has_second_city = dice.percent(35);
        let divisions: Vec<Division> = ALL
            .iter()
            .filter(|(code, ..)| has_second_city || !code.starts_with("5119"))
            .map(|(code, name, level, parent)| Division {
                unit: unit(code),
                name,
                level: level_of(*level),
                parent: (!parent.is_empty()).then(|| unit(parent)),
            })
            .collect();
        let mut country = Self { divisions, hubs: Vec::new(), nodes: Vec::new() };
        let city_has_hub = dice.percent(60);
        for division in &country.divisions {
            let runs = match division.level {
                Level::Province | Level::County => true,
                Level::City => city_has_hub,
                _ => false,
            };
            if runs {
                country.hubs.push(division.unit.clone());
            }
        }
        let candidates: Vec<UnitId> =
            country.divisions.iter().map(|division| division.unit.clone()).collect();
        for unit in candidates {
            let share = match country.level_of(&unit) {
                Some(Level::Township) => 85,
                Some(Level::Village) => 40,
                Some(Level::County) => 30,
                _ => 15,
            };
            if dice.percent(share) {
                country.nodes.push(unit);
            }
        }
        if country.nodes.is_empty() {
            country.nodes.push(unit("511723205000"));
        }
        country.nodes.truncate(7);
        country
    }

    /// A unit's level.
    #[must_use]
    pub fn level_of(&self, unit: &UnitId) -> Option<Level> {
        self.find(unit).map(|division| division.level)
    }

    /// A unit's row.
    #[must_use]
    pub fn find(&self, unit: &UnitId) -> Option<&Division> {
        self.divisions.iter().find(|division| division.unit == *unit)
    }

    /// The unit and those above it in the present snapshot, nearest first.
    #[must_use]
    pub fn chain(&self, unit: &UnitId) -> Vec<UnitId> {
        let mut chain = Vec::new();
        let mut next = self.find(unit);
        while let Some(division) = next {
            chain.push(division.unit.clone());
            next = division.parent.as_ref().and_then(|parent| self.find(parent));
        }
        chain
    }

    /// The hub whose child this unit's node is.
    #[must_use]
    pub fn hub_of_node(&self, unit: &UnitId) -> Option<UnitId> {
        self.chain(unit).into_iter().find(|above| self.hubs.contains(above))
    }

    /// The hub above a hub.
    #[must_use]
    pub fn hub_above(&self, hub: &UnitId) -> Option<UnitId> {
        self.chain(hub).into_iter().skip(1).find(|above| self.hubs.contains(above))
    }

    /// The snapshot as it is published.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut csv = "code,name,level,parent_code\n".to_owned();
        for division in &self.divisions {
            let parent = division.parent.as_ref().map_or("", |parent| parent.as_str());
            csv += &format!("{},{},{},{parent}\n", division.unit, division.name, division.level.word());
        }
        csv
    }
}

fn level_of(number: u8) -> Level {
    match number {
        1 => Level::Province,
        2 => Level::City,
        3 => Level::County,
        4 => Level::Township,
        _ => Level::Village,
    }
}
