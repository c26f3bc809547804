//! A place small enough for a story of a few seconds: one province, one city, two counties, a few townships and villages;
//! which of them run a hub or a node is the story's own choice.

use crate::dice::Dice;
use crate::federation::{Federation, Programs};
use crate::place::{Assigned, Office, Place, Shown, divisions_of};
use crate::relay::{Relay, Weather};
use anyhow::Result;
use chrono::{NaiveDate, Utc};
use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zhuji_protocol::console::civil_date;
use zhuji_protocol::unit::UnitId;

/// 四川省.
pub const PROVINCE: &str = "510000000000";
/// 达州市.
pub const CITY: &str = "511700000000";
/// 开江县.
pub const COUNTY: &str = "511723000000";
/// 宣汉县.
pub const OTHER_COUNTY: &str = "511722000000";
/// 梅家乡, in the first county.
pub const TOWNSHIP: &str = "511723205000";
/// 普安镇, in the first county.
pub const SECOND_TOWNSHIP: &str = "511723101000";
/// 东乡街道, in the other county.
pub const FAR_TOWNSHIP: &str = "511722001000";
/// 梅家坝村, in the first township.
pub const VILLAGE: &str = "511723205200";
/// 小方城村, in the first township.
pub const SECOND_VILLAGE: &str = "511723205201";

const DIVISIONS: &str = "\
code,name,level,parent_code
510000000000,四川省,1,
511700000000,达州市,2,510000000000
511722000000,宣汉县,3,511700000000
511722001000,东乡街道,4,511722000000
511723000000,开江县,3,511700000000
511723101000,普安镇,4,511723000000
511723205000,梅家乡,4,511723000000
511723205200,梅家坝村民委员会,5,511723205000
511723205201,小方城村民委员会,5,511723205000
";

/// A federation of a story; its stores go with it.
#[derive(Debug)]
pub struct Story {
    tree: Federation,
    folder: TempDir,
}

/// What runs in a story.
#[derive(Debug)]
pub struct Cast<'a> {
    /// Units that run a hub, from the top down.
    pub hubs: &'a [&'a str],
    /// Units that run a node with a few leaders and a year of records.
    pub nodes: &'a [&'a str],
    /// Under which unit the policy `meijia-2023` holds; that unit's hub, or the nearest above, assigns it.
    pub policy_at: &'a str,
    /// The day on which the story begins.
    pub today: NaiveDate,
}

impl Story {
    /// Starts what runs.
    ///
    /// # Errors
    /// When a program refuses what it is asked.
    pub fn begin(cast: &Cast<'_>) -> Result<Self> {
        Self::begin_over(None, cast)
    }

    /// Starts what runs, with a line of this weather between every hub and its children.
    ///
    /// # Errors
    /// When a program refuses what it is asked.
    pub fn begin_over(weather: Option<(Weather, Dice)>, cast: &Cast<'_>) -> Result<Self> {
        let folder = TempDir::new()?;
        let divisions = folder.path().join("divisions.csv");
        fs::write(&divisions, DIVISIONS)?;
        let place = place(cast, divisions)?;
        let mut programs = Programs::built()?;
        programs.environment.push(("ZHUJI_TODAY".to_owned(), cast.today.to_string()));
        programs.environment.push(("ZHUJI_LANG".to_owned(), "en".to_owned()));
        // Links that open and end are part of what stories look at.
        programs.environment.push(("ZHUJI_LOG".to_owned(), "info".to_owned()));
        let tree = Federation::start_over(weather, programs, place, folder.path(), &mut |_| {})?;
        Ok(Self { tree, folder })
    }

    /// The line over which a hub is dialled.
    ///
    /// # Panics
    /// The story began without lines.
    #[must_use]
    pub fn line(&self, hub: &str) -> &Relay {
        self.lines.get(&unit(hub)).expect("the story began with lines")
    }

    /// Where its stores lie.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Deref for Story {
    type Target = Federation;

    fn deref(&self) -> &Federation {
        &self.tree
    }
}

impl DerefMut for Story {
    fn deref_mut(&mut self) -> &mut Federation {
        &mut self.tree
    }
}

/// A unit by its code.
///
/// # Panics
/// It is no code.
#[must_use]
pub fn unit(code: &str) -> UnitId {
    code.parse().expect("the code of a unit")
}

/// Today. A story is told on one day, which it sets itself, so that no midnight falls into it.
#[must_use]
pub fn today() -> NaiveDate {
    civil_date(Utc::now())
}

fn place(cast: &Cast<'_>, divisions: PathBuf) -> Result<Place> {
    let office =
        |code: &&str| Office { unit: unit(code), sample: 3, groups: Some(vec!["leadership".to_owned()]) };
    let mut place = Place {
        name: "a story".to_owned(),
        directory: divisions_of(&divisions)?,
        divisions,
        seed: 20_230_510,
        period: Shown::Year,
        hubs: cast.hubs.iter().map(|code| unit(code)).collect(),
        nodes: cast.nodes.iter().map(office).collect(),
        assignments: Vec::new(),
    };
    if let Some(by) = place.hub_of_node(&unit(cast.policy_at)).cloned() {
        let policy = "meijia-2023".to_owned();
        place.assignments.push(Assigned { unit: unit(cast.policy_at), policy, by });
    }
    place.check()?;
    Ok(place)
}
