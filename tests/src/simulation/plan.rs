//! What will befall a tree: drawn from the seed before anything happens, so that a run can be read and repeated.

use super::dice::Dice;
use super::gate::Death;
use super::network::Weather;
use super::tree::Tree;
use std::fmt;
use std::time::Duration;
use zhuji_protocol::unit::UnitId;

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The hub of a unit.
    Hub(UnitId),
    /// The node of a unit.
    Node(UnitId),
}

/// One thing that is done to the tree, or in it.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Somebody records, changes or removes something at a node.
    Record(UnitId),
    /// The weather turns.
    Weather(Weather),
    /// A line is cut.
    Cut(Who),
    /// And is back.
    Mend(Who),
    /// A machine dies at one of its next commits.
    Crash(Who, Death),
    /// A machine is stopped properly.
    Stop(Who),
    /// A machine is switched on.
    Start(Who),
    /// Somebody copies a store.
    Copy(Who),
    /// A store is replaced by a copy of itself.
    Restore(Who),
    /// A copy of a node's store runs on another machine as well.
    Clone(UnitId),
    /// A machine's clock jumps by so many seconds.
    Jump(Who, i64),
    /// It is set right.
    SetRight(Who),
    /// A disk has room for so many pages more.
    FillDisk(Who, i64),
    /// There is room again.
    ClearDisk(Who),
    /// A machine runs a program that is a version older, or the present one.
    Program(Who, bool),
    /// A unit comes under another county.
    Move,
    /// A unit is closed.
    Close,
    /// A township is closed, and its villages come under another one.
    Merge,
    /// Another policy, or another version, is assigned.
    Policy,
    /// A node writes what another unit's is.
    Trespass(UnitId),
    /// A node sends what only a newer program knows.
    Newer(UnitId),
    /// Days pass on the civil clock.
    Leap(i64),
}

/// What happens when, in order of time.
pub type Plan = Vec<(Duration, Deed)>;

/// The plan of a seed: `hours` of work in which things go wrong.
#[must_use]
pub fn plan(tree: &Tree, seed: u64, hours: f64) -> Plan {
    let mut planning = Planning { dice: Dice::of(seed, "plan"), plan: Plan::new(), end: hours * 3600.0 };
    let hubs: Vec<Who> = tree.hubs.keys().cloned().map(Who::Hub).collect();
    let nodes: Vec<Who> = tree.nodes.keys().cloned().map(Who::Node).collect();
    let all: Vec<Who> = hubs.iter().chain(&nodes).cloned().collect();
    planning.copies(&all);
    planning.people(tree, hours);
    for _ in 0..planning.many(hours, 2) {
        planning.weather();
    }
    for _ in 0..planning.many(hours, 3) {
        planning.span(&all, 5, 3000, Deed::Cut, Deed::Mend);
    }
    for _ in 0..planning.many(hours, 5) {
        planning.crash(&all);
    }
    for _ in 0..planning.many(hours, 1) {
        planning.span(&all, 60, 5400, Deed::Stop, Deed::Start);
    }
    for _ in 0..planning.many(hours, 1) {
        planning.jump(&all);
    }
    for _ in 0..planning.many(hours, 1) {
        planning.full_disk(&all);
    }
    for _ in 0..planning.many(hours, 1) {
        planning.older_program(&all);
    }
    for (share, machines) in [(50, &nodes), (50, &hubs)] {
        if planning.dice.percent(share) {
            planning.once(machines, Deed::Restore);
        }
    }
    if planning.dice.percent(35)
        && let Some(Who::Node(unit)) = planning.dice.pick(&nodes).cloned()
    {
        planning.at(0.2, 0.7, Deed::Clone(unit));
    }
    for _ in 0..2 {
        if planning.dice.percent(40)
            && let Some(Who::Node(unit)) = planning.dice.pick(&nodes).cloned()
        {
            planning.at(0.0, 1.0, Deed::Trespass(unit));
        }
        if planning.dice.percent(30)
            && let Some(Who::Node(unit)) = planning.dice.pick(&nodes).cloned()
        {
            planning.at(0.0, 1.0, Deed::Newer(unit));
        }
    }
    planning.changes();
    // What still goes wrong at the end is put right all at once.
    let end = Duration::from_secs_f64(planning.end);
    planning.plan.retain(|(at, _)| *at <= end);
    planning.plan.sort_by_key(|(at, _)| *at);
    planning.plan
}

struct Planning {
    dice: Dice,
    plan: Plan,
    /// In seconds.
    end: f64,
}

impl Planning {
    /// About so many an hour.
    fn many(&mut self, hours: f64, an_hour: u64) -> u64 {
        let most = (hours * 2.0 * an_hour as f64).ceil() as u64;
        self.dice.between(0, most)
    }

    fn moment(&mut self, from: f64, to: f64) -> Duration {
        let share = self.dice.between(0, 1 << 20) as f64 / f64::from(1 << 20);
        Duration::from_millis((self.end * 1000.0 * (from + (to - from) * share)) as u64)
    }

    fn at(&mut self, from: f64, to: f64, deed: Deed) {
        let at = self.moment(from, to);
        self.plan.push((at, deed));
    }

    fn once(&mut self, machines: &[Who], deed: impl Fn(Who) -> Deed) {
        if let Some(who) = self.dice.pick(machines).cloned() {
            self.at(0.4, 1.0, deed(who));
        }
    }

    /// From one moment to another.
    fn span(
        &mut self,
        machines: &[Who],
        least_s: u64,
        most_s: u64,
        begin: impl Fn(Who) -> Deed,
        end: impl Fn(Who) -> Deed,
    ) {
        let Some(who) = self.dice.pick(machines).cloned() else { return };
        let from = self.moment(0.0, 1.0);
        let lasts = Duration::from_secs(self.dice.between(least_s, most_s));
        self.plan.push((from, begin(who.clone())));
        self.plan.push((from + lasts, end(who)));
    }

    fn copies(&mut self, all: &[Who]) {
        for who in all {
            // One at least that is old enough to hurt, and one that may be quite new.
            self.at(0.0, 0.2, Deed::Copy(who.clone()));
            if self.dice.percent(30) {
                self.at(0.3, 0.9, Deed::Copy(who.clone()));
            }
        }
    }

    fn people(&mut self, tree: &Tree, hours: f64) {
        for unit in tree.nodes.keys() {
            for _ in 0..self.many(hours, 8) {
                self.at(0.0, 1.0, Deed::Record(unit.clone()));
            }
        }
    }

    fn weather(&mut self) {
        let weather = Weather::of(&mut self.dice);
        self.at(0.0, 1.0, Deed::Weather(weather));
    }

    fn crash(&mut self, all: &[Who]) {
        let Some(who) = self.dice.pick(all).cloned() else { return };
        let more = self.dice.between(0, 12);
        let death = if self.dice.percent(50) { Death::Before(more) } else { Death::After(more) };
        let from = self.moment(0.0, 1.0);
        let down = Duration::from_secs(self.dice.between(1, 1200));
        self.plan.push((from, Deed::Crash(who.clone(), death)));
        self.plan.push((from + down, Deed::Start(who)));
    }

    fn jump(&mut self, all: &[Who]) {
        let days = self.dice.between(0, 500);
        let seconds = i64::try_from(days * 86_400 + self.dice.between(0, 86_400)).unwrap_or(0);
        let seconds = if self.dice.percent(50) { seconds } else { -seconds };
        self.span(all, 60, 7200, move |who| Deed::Jump(who, seconds), Deed::SetRight);
    }

    fn full_disk(&mut self, all: &[Who]) {
        let pages = i64::try_from(self.dice.between(0, 3)).unwrap_or(0);
        self.span(all, 30, 2400, move |who| Deed::FillDisk(who, pages), Deed::ClearDisk);
    }

    fn older_program(&mut self, all: &[Who]) {
        self.span(all, 60, 7200, |who| Deed::Program(who, true), |who| Deed::Program(who, false));
    }

    fn changes(&mut self) {
        for (share, deed) in
            [(50, Deed::Move), (25, Deed::Close), (25, Deed::Merge), (70, Deed::Policy), (50, Deed::Policy)]
        {
            if self.dice.percent(share) {
                self.at(0.1, 0.9, deed);
            }
        }
        for _ in 0..3 {
            if self.dice.percent(50) {
                let days = i64::try_from(self.dice.between(1, 75)).unwrap_or(1);
                self.at(0.1, 1.0, Deed::Leap(days));
            }
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hub(unit) => write!(f, "hub {unit}"),
            Self::Node(unit) => write!(f, "node {unit}"),
        }
    }
}
