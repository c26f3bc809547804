//! An invented place: a hub over child hubs over units, or over nodes, enrolled, with a policy, and a hub above it.

use super::summaries::{self, Years};
use crate::load::{Identity, Origin};
use anyhow::{Context, Result, anyhow};
use chrono::{TimeDelta, Utc};
use std::path::{Path, PathBuf};
use zhuji_hub::store::{Assigning, Author, Enrolled, Founding, HubStore, Moment, SqliteStore, Uplink};
use zhuji_protocol::assignment::PolicyVersion;
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{
    Admission, AuthorityCertificate, HubAddress, HubAuthority, Replica, ReplicaKey, TokenSecret,
};
use zhuji_protocol::transport::{Credentials, random_bytes};
use zhuji_protocol::unit::{Level, UnitId};
use zhuji_protocol::wire::digest::Digest;

/// A key, the authority and the certificate of a hub.
#[derive(Debug)]
pub struct HubKeys {
    unit: UnitId,
    seed: [u8; 32],
    authority: HubAuthority,
    certificate: Vec<u8>,
}

/// A hub's store with what it was founded on.
#[derive(Debug)]
pub struct Ground {
    /// Its file.
    pub path: PathBuf,
    /// Its keys.
    pub keys: HubKeys,
    /// The version of the policy that it assigned.
    pub version: PolicyVersion,
}

impl HubKeys {
    /// Fresh ones.
    ///
    /// # Errors
    /// No certificate can be made.
    pub fn fresh(unit: &UnitId) -> Result<Self> {
        let seed = random_bytes();
        let authority_key = key(&random_bytes())?;
        let authority = HubAuthority::create(unit, authority_key, random_bytes(), Utc::now())
            .map_err(|fault| anyhow!("{fault:?}"))?;
        let replica = Replica::hub(unit.clone());
        let certificate = authority
            .issue(&replica, &key(&seed)?.public(), random_bytes(), Utc::now())
            .map_err(|fault| anyhow!("{fault:?}"))?;
        Ok(Self { unit: unit.clone(), seed, authority, certificate })
    }

    /// What a program with them shows.
    ///
    /// # Errors
    /// Never, for keys that were made here.
    pub fn credentials(&self) -> Result<Credentials> {
        Ok(Credentials {
            key: key(&self.seed)?,
            certificate: self.certificate.clone(),
            authority: self.certificate_of_authority().clone(),
        })
    }

    /// Whom its children believe.
    #[must_use]
    pub fn certificate_of_authority(&self) -> &AuthorityCertificate {
        self.authority.certificate()
    }

    /// A new store of the hub that has these, which knows no unit but its own.
    ///
    /// # Errors
    /// The store cannot be made.
    pub fn store(&self, folder: &Path, entry: Entry) -> Result<SqliteStore> {
        let kept = ReplicaKey::from_pkcs8(self.authority.key().pkcs8())?;
        let authority = HubAuthority::kept(kept, self.certificate_of_authority().der());
        let founding = Founding {
            unit: self.unit.clone(),
            entry,
            address: "127.0.0.1:7443".parse().map_err(|fault| anyhow!("{fault:?}"))?,
            authority: authority.map_err(|fault| anyhow!("{fault:?}"))?,
            key: key(&self.seed)?,
            certificate: self.certificate.clone(),
        };
        let path = folder.join(format!("hub-{}.sqlite", self.unit));
        Ok(SqliteStore::create(&path, &founding, &author(), moment())?)
    }

    /// A child's identity, with a certificate of this hub.
    ///
    /// # Errors
    /// No certificate can be made.
    pub fn child(&self, replica: Replica, address: &HubAddress) -> Result<Identity> {
        let seed = random_bytes();
        let certificate = self
            .authority
            .issue(&replica, &key(&seed)?.public(), random_bytes(), Utc::now())
            .map_err(|fault| anyhow!("{fault:?}"))?;
        Ok(Identity {
            replica,
            seed,
            certificate,
            authority: self.authority.certificate().clone(),
            hub: self.unit.clone(),
            address: address.clone(),
        })
    }
}

impl Ground {
    /// Founds a hub in a new file, with a directory and a policy of its own.
    ///
    /// # Errors
    /// The store refuses.
    pub fn found(folder: &Path, unit: &UnitId, entries: Vec<Entry>) -> Result<(Self, SqliteStore)> {
        let keys = HubKeys::fresh(unit)?;
        let entry = entries.iter().find(|entry| entry.id == *unit).context("the hub has an entry")?.clone();
        let mut store = keys.store(folder, entry)?;
        zhuji_hub::ready(store.change_directory(entries, &author(), moment()))?;
        let version = assign(&mut store, unit)?;
        Ok((Self { path: store.path().to_owned(), keys, version }, store))
    }

    /// Enrols children with the store itself, as tokens would.
    ///
    /// # Errors
    /// The store refuses.
    pub fn enrol(&self, store: &mut SqliteStore, replica: Replica, address: &HubAddress) -> Result<Identity> {
        let child = self.keys.child(replica.clone(), address)?;
        let token = TokenSecret(random_bytes()).hash();
        let expires = Utc::now() + TimeDelta::hours(1);
        zhuji_hub::ready(store.issue_token(&token, &replica, expires, &author()))?;
        let enrolled = Enrolled {
            token,
            replica,
            key: child.key()?.public(),
            certificate: child.certificate.clone(),
            admission: Admission::First,
        };
        zhuji_hub::ready(store.enrol(enrolled, &author(), moment()))?;
        Ok(child)
    }

    /// Puts a hub above it that nobody reaches: rows for it are written and queued.
    ///
    /// # Errors
    /// The store refuses.
    pub fn put_below(&self, store: &mut SqliteStore, parent: &UnitId) -> Result<()> {
        let above = HubKeys::fresh(parent)?;
        let address: HubAddress = "127.0.0.1:9".parse().map_err(|fault| anyhow!("{fault:?}"))?;
        let mine = above.child(Replica::hub(self.keys.unit.clone()), &address)?;
        let uplink = Uplink {
            parent: Replica::hub(parent.clone()),
            address,
            authority: above.certificate_of_authority().clone(),
            certificate: mine.certificate,
            keys: vec![key(&above.seed)?.public()],
        };
        zhuji_hub::ready(store.set_uplink(uplink, &author(), moment()))?;
        Ok(())
    }

    /// The invented offices' years under the policy of this hub.
    ///
    /// # Errors
    /// The policy cannot be read.
    pub fn years(&self) -> Result<Years> {
        Years::made_up(&self.version, &self.keys.unit)
    }
}

fn assign(store: &mut SqliteStore, unit: &UnitId) -> Result<PolicyVersion> {
    let policy = summaries::policy()?;
    let from = policy.effective;
    let (version, _) = zhuji_hub::ready(store.add_policy(&policy, &policy.to_toml(), &author(), moment()))?;
    let assigning = Assigning { unit: unit.clone(), version: version.clone(), from, to: None };
    zhuji_hub::ready(store.assign(assigning, &author(), moment()))?;
    Ok(version)
}

/// Who does what a benchmark does.
#[must_use]
pub fn author() -> Author {
    Author { who: "benchmark".to_owned(), at: Utc::now() }
}

/// Now, with fresh randomness.
#[must_use]
pub fn moment() -> Moment {
    Moment { now: Utc::now(), seed: random_bytes() }
}

/// The code of the city whose hub is measured.
pub const CITY: &str = "519900000000";
/// The province above it.
pub const PROVINCE: &str = "510000000000";

/// A unit by its code.
///
/// # Errors
/// It is no code.
pub fn unit(code: &str) -> Result<UnitId> {
    code.parse().map_err(|fault| anyhow!("{code}: {fault}"))
}

/// The county with this number, from 1, below the city.
///
/// # Errors
/// There are at most 99.
pub fn county(number: usize) -> Result<UnitId> {
    unit(&format!("5199{number:02}000000"))
}

/// The township with this number, from 1, below a county.
///
/// # Errors
/// There are at most 999.
pub fn township(county: usize, number: usize) -> Result<UnitId> {
    unit(&format!("5199{county:02}{number:03}000"))
}

/// The city, its counties, and their townships.
///
/// # Errors
/// More were asked for than codes have room for.
pub fn city(counties: usize, townships: usize) -> Result<Vec<Entry>> {
    let root = unit(CITY)?;
    let mut entries = vec![Entry::always(root.clone(), "某市", Level::City, None)];
    for number in 1..=counties {
        let above = county(number)?;
        entries.push(Entry::always(above.clone(), "某县", Level::County, Some(root.clone())));
        for below in 1..=townships {
            entries.push(Entry::always(
                township(number, below)?,
                "某乡",
                Level::Township,
                Some(above.clone()),
            ));
        }
    }
    Ok(entries)
}

/// Rows that a child hub tells of its townships, one a month of each, unit by unit.
///
/// # Errors
/// A summary cannot be encoded.
pub fn told_of(years: &Years, county: usize, townships: usize, pass: usize) -> Result<Vec<Origin>> {
    use zhuji_protocol::wire::subkey::Scope;
    let mut rows = Vec::new();
    for number in 1..=townships {
        let unit = township(county, number)?;
        for (month, body) in years.folded(county * townships + number, pass)? {
            rows.push(Origin {
                key: zhuji_hub::store::onward::summary_key(&unit, month, Scope::Subtree),
                body,
            });
        }
    }
    Ok(rows)
}

fn key(seed: &[u8; 32]) -> Result<ReplicaKey> {
    Ok(ReplicaKey::from_seed(seed)?)
}

/// The same order of things every time, as if it were none.
pub fn shuffle<T>(things: &mut [T], seed: u64) {
    for at in (1..things.len()).rev() {
        let digest = Digest::of(&[&seed.to_le_bytes(), &at.to_le_bytes()]).0;
        let drawn = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|byte| digest[byte]));
        things.swap(at, usize::try_from(drawn % (at as u64 + 1)).unwrap_or(0));
    }
}
