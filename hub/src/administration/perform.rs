//! Performing a writing command on the store.

use super::{PrivateKey, Reply, Request};
use crate::store::{Assigning, Author, Effects, HubStore, Moment, Ruling, Standing, StoreFault, Uplink};
use chrono::{NaiveDate, TimeDelta};
use std::path::Path;
use zhuji_protocol::calendar::Calendar;
use zhuji_protocol::console::{Failure, system_reason};
use zhuji_protocol::directory::{Difference, read_snapshot};
use zhuji_protocol::identity::{
    AuthorityCertificate, EnrolmentToken, HubAddress, Replica, ReplicaKey, TokenSecret,
};
use zhuji_protocol::month::Month;
use zhuji_protocol::policy::{Source, parse_flattened};
use zhuji_protocol::texts::{Language, Told, text_with};
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::codec;
use zhuji_protocol::wire::published::VouchedKeyV1;

/// For how long a token may be used.
const TOKEN_LIFE: TimeDelta = TimeDelta::hours(72);

/// How many closures a refusal lists.
const CLOSURES_SHOWN: usize = 20;

/// At what desk a command is performed.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The language to tell things in.
    pub language: Language,
    /// Who acts.
    pub author: Author,
    /// The moment, with fresh randomness.
    pub moment: Moment,
}

/// Performs a command; gives what to print, and what changed for links.
pub async fn perform<S: HubStore>(store: &mut S, request: Request, desk: &Desk) -> (Reply, Effects) {
    match tried(store, request, desk).await {
        Ok(done) => done,
        Err(failure) => (Reply::Refused(failure.lines(desk.language)), Effects::default()),
    }
}

async fn tried<S: HubStore>(
    store: &mut S,
    request: Request,
    desk: &Desk,
) -> Result<(Reply, Effects), Failure> {
    let (lines, effects) = match request {
        Request::ImportDirectory { file, on, confirmed } => import(store, &file, on, confirmed, desk).await,
        Request::IssueToken { unit, as_hub, address } => {
            issue_token(store, replica(unit, as_hub), address, desk).await
        }
        Request::Rule { unit, as_hub, ruling, reason } => {
            rule(store, &replica(unit, as_hub), ruling, &reason, desk).await
        }
        Request::AssignPolicy { unit, toml, from, to } => assign(store, unit, toml, from, to, desk).await,
        Request::KeepNewcomerKey { fresh } => {
            let fresh =
                ReplicaKey::from_pkcs8(&fresh.0).map_err(|fault| Failure::Unexpected(Box::new(fault)))?;
            let kept = store.newcomer_key(fresh).await?;
            return Ok((Reply::Key(PrivateKey(kept.pkcs8().to_vec())), Effects::default()));
        }
        Request::Report(asked) => {
            let figures = store.figures(&asked.unit, asked.depth, asked.period()?, asked.today).await?;
            return Ok((asked.printed(&figures, desk.language)?, Effects::default()));
        }
        Request::PublishCalendar { csv } => publish_calendar(store, &csv, desk).await,
        Request::BackedUp { name } => {
            let unit = store.identity().await?.replica.unit;
            store.record(&desk.author, "backup", unit.as_str(), &name).await?;
            Ok((Vec::new(), Effects::default()))
        }
        Request::SettleAside { unit, as_hub, month } => {
            let (child, month) = (replica(unit, as_hub), month.and_then(Month::from_number));
            let (count, effects) = store.settle_missing(&child, month, &desk.author, desk.moment).await?;
            let said = desk.say("hub-aside-settled", &[("count", count.to_string())]);
            Ok((vec![said], effects))
        }
        Request::EnrolledAbove { address, parent, authority, certificate, vouched } => {
            enrolled_above(store, &address, parent, &authority, certificate, &vouched, desk).await
        }
    }?;
    Ok((Reply::Done(lines), effects))
}

impl Desk {
    fn say(&self, key: &str, args: &[(&'static str, String)]) -> String {
        text_with(self.language, key, args)
    }
}

fn replica(unit: UnitId, as_hub: bool) -> Replica {
    if as_hub { Replica::hub(unit) } else { Replica::node(unit) }
}

async fn rule<S: HubStore>(
    store: &mut S,
    target: &Replica,
    ruling: Ruling,
    reason: &str,
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let (standing, effects) = store.rule(target, ruling, reason, &desk.author, desk.moment).await?;
    let key = match (ruling, standing) {
        (Ruling::Resume, Standing::Revoked) => "ruled-unbanned",
        (_, Standing::Active | Standing::Replaced | Standing::Forked) => "ruled-active",
        (_, Standing::Suspended) => "ruled-suspended",
        (_, Standing::Banned) => "ruled-banned",
        (_, Standing::Retired) => "ruled-retired",
        (_, Standing::Revoked) => "ruled-revoked",
    };
    let args = [("replica", target.to_string()), ("unit", target.unit.to_string())];
    Ok((vec![desk.say(key, &args)], effects))
}

async fn import<S: HubStore>(
    store: &mut S,
    file: &Path,
    on: Option<NaiveDate>,
    confirmed: bool,
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::told(Situation::FileUnreadable {
            file: file.display().to_string(),
            what: system_reason(&error, desk.language),
        })
    };
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let territory = store.territory().await?;
    let directory = &territory.directory;
    let rows = read_snapshot(&bytes, directory).map_err(|faults| {
        let lines = faults.iter().map(|fault| format!("{}: {}", file.display(), fault.tell(desk.language)));
        Failure::Lines(lines.collect())
    })?;
    let identity = store.identity().await?;
    let has_more = directory.entries().any(|entry| entry.id != identity.replica.unit);
    if has_more && on.is_none() {
        return Err(Failure::told(Situation::LaterSnapshotNeedsDay));
    }
    let difference = Difference::between(directory, rows, on);
    if !difference.closed.is_empty() && !confirmed {
        let mut lines = vec![desk.say("hub-closures", &[("count", difference.closed.len().to_string())])];
        for closed in difference.closed.iter().take(CLOSURES_SHOWN) {
            let name = directory.get(closed).and_then(|entry| entry.latest()).map_or("", |found| &found.name);
            lines.push(format!("  {closed} {name}"));
        }
        return Err(Failure::Lines(lines));
    }
    let counted = [
        ("added", difference.added.len().to_string()),
        ("changed", difference.changed.len().to_string()),
        ("closed", difference.closed.len().to_string()),
    ];
    let effects = match store.change_directory(difference.entries, &desk.author, desk.moment).await {
        Err(StoreFault::Directory(faults)) => {
            return Err(Failure::Lines(faults.iter().map(|fault| fault.tell(desk.language)).collect()));
        }
        other => other?,
    };
    Ok((vec![desk.say("hub-directory-imported", &counted)], effects))
}

async fn issue_token<S: HubStore>(
    store: &mut S,
    target: Replica,
    address: Option<String>,
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let identity = store.identity().await?;
    let address: HubAddress = match address {
        Some(text) => text.parse().map_err(|_| Failure::told(Situation::BadAddress { text }))?,
        None => identity.address,
    };
    let territory = store.territory().await?;
    if territory.directory.get(&target.unit).is_none() {
        return Err(StoreFault::UnknownUnit(target.unit).into());
    }
    if !territory.directory.ever_covers(&territory.own, &target.unit) {
        return Err(StoreFault::NotOurUnit(target.unit).into());
    }
    if target == identity.replica {
        return Err(Failure::told(Situation::TokenForItself));
    }
    let token = EnrolmentToken {
        address,
        authority: identity.authority.certificate().fingerprint(),
        hub: identity.replica.unit,
        target: target.clone(),
        secret: TokenSecret(desk.moment.life("token").0),
        // It is judged by the later of the clock and the latest moment known: a clock that was ahead for a day and was
        // set right must not issue tokens that have expired already.
        expires: desk.moment.now.max(identity.latest) + TOKEN_LIFE,
    };
    store.issue_token(&token.secret.hash(), &target, token.expires, &desk.author).await?;
    Ok((vec![token.to_text()], Effects::default()))
}

async fn assign<S: HubStore>(
    store: &mut S,
    unit: UnitId,
    toml: String,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let source = Source { file: "policy".to_owned(), bytes: toml.clone().into_bytes() };
    let policy = parse_flattened(&source, Calendar::shipped())
        .map_err(|faults| Failure::Lines(faults.iter().map(|fault| fault.tell(desk.language)).collect()))?;
    let from = from.unwrap_or(policy.effective);
    if to.is_some_and(|to| to < from) {
        return Err(Failure::told(Situation::EndsBeforeItBegins));
    }
    // The unit is looked at first: a policy that nobody may assign is not kept either.
    let territory = store.territory().await?;
    if territory.directory.get(&unit).is_none() {
        return Err(StoreFault::UnknownUnit(unit).into());
    }
    if !territory.assigns_to(&unit, from) {
        return Err(StoreFault::NotOurUnit(unit).into());
    }
    let (version, mut effects) = store.add_policy(&policy, &toml, &desk.author, desk.moment).await?;
    let assigning = Assigning { unit, version, from, to };
    let (assignment, more) = store.assign(assigning, &desk.author, desk.moment).await?;
    effects.add(more);
    let said = desk.say(
        "hub-policy-assigned",
        &[
            ("policy", assignment.version.policy.clone()),
            ("number", assignment.version.number.to_string()),
            ("unit", assignment.unit.to_string()),
            ("from", assignment.from.to_string()),
        ],
    );
    Ok((vec![said], effects))
}

/// A file may hold several years' notices; each is published for itself, and a revised one replaces the one before.
async fn publish_calendar<S: HubStore>(
    store: &mut S,
    csv: &str,
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let calendar = Calendar::parse(csv).map_err(|faults| {
        Failure::Lines(faults.iter().map(|fault| fault.located(desk.language)).collect())
    })?;
    let mut effects = Effects::default();
    let mut published = Vec::new();
    for year in calendar.years() {
        let Ok(number) = u16::try_from(year) else { continue };
        let notice = calendar.notice_text(year);
        effects.add(store.put_calendar(number, &notice, &desk.author, desk.moment).await?);
        published.push(year.to_string());
    }
    Ok((vec![desk.say("hub-calendar-published", &[("years", published.join(" "))])], effects))
}

async fn enrolled_above<S: HubStore>(
    store: &mut S,
    address: &str,
    parent: UnitId,
    authority: &[u8],
    certificate: Vec<u8>,
    vouched: &[Vec<u8>],
    desk: &Desk,
) -> Result<(Vec<String>, Effects), Failure> {
    let address: HubAddress =
        address.parse().map_err(|_| Failure::told(Situation::BadAddress { text: address.to_owned() }))?;
    let authority =
        AuthorityCertificate::parse(authority).map_err(|fault| Failure::Unexpected(Box::new(fault)))?;
    let keys = vouched.iter().filter_map(|bytes| codec::decode::<VouchedKeyV1>(bytes).ok());
    let uplink = Uplink {
        parent: Replica::hub(parent),
        address,
        authority,
        certificate,
        keys: keys.filter(|vouched| !vouched.revoked).map(|vouched| vouched.key).collect(),
    };
    let said = desk.say("hub-enrolled", &[("parent", uplink.parent.unit.to_string())]);
    let effects = store.set_uplink(uplink, &desk.author, desk.moment).await?;
    Ok((vec![said], effects))
}

#[derive(Debug)]
enum Situation {
    FileUnreadable { file: String, what: String },
    LaterSnapshotNeedsDay,
    BadAddress { text: String },
    TokenForItself,
    EndsBeforeItBegins,
}

impl Told for Situation {
    fn key(&self) -> &'static str {
        match self {
            Self::FileUnreadable { .. } => "hub-file-unreadable",
            Self::LaterSnapshotNeedsDay => "hub-snapshot-needs-day",
            Self::BadAddress { .. } => "hub-bad-address",
            Self::TokenForItself => "hub-token-for-itself",
            Self::EndsBeforeItBegins => "hub-ends-before-it-begins",
        }
    }

    fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::FileUnreadable { file, what } => vec![("file", file.clone()), ("what", what.clone())],
            Self::BadAddress { text } => vec![("text", text.clone())],
            Self::LaterSnapshotNeedsDay | Self::TokenForItself | Self::EndsBeforeItBegins => Vec::new(),
        }
    }
}
