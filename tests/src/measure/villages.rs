//! A county hub's store with many nodes enrolled, and nobody running yet.

use super::ground::{self, Ground};
use super::running;
use crate::load::Identity;
use anyhow::Result;
use std::path::{Path, PathBuf};
use zhuji_protocol::directory::Entry;
use zhuji_protocol::identity::{HubAddress, Replica};
use zhuji_protocol::unit::Level;

/// The store, where its hub is to listen, and the nodes below it.
#[derive(Debug)]
pub struct Villages {
    /// The county hub's file.
    pub store: PathBuf,
    /// Where it is to listen.
    pub address: HubAddress,
    /// Its nodes.
    pub nodes: Vec<Identity>,
}

impl Villages {
    /// Founds the hub and enrols so many nodes, at most 99 × 99.
    ///
    /// # Errors
    /// The store refuses.
    pub fn found(folder: &Path, nodes: usize) -> Result<Self> {
        let county = ground::county(1)?;
        let mut entries = vec![Entry::always(county.clone(), "某县", Level::County, None)];
        let mut villages = Vec::new();
        for number in 1..=nodes {
            let code = format!("519901{:03}{:03}", number / 900 + 1, number % 900 + 1);
            let village = ground::unit(&code)?;
            entries.push(Entry::always(village.clone(), "某村", Level::Village, Some(county.clone())));
            villages.push(village);
        }
        let (ground, mut store) = Ground::found(folder, &county, entries)?;
        let address = running::free_address()?;
        let enrolled =
            villages.into_iter().map(|unit| ground.enrol(&mut store, Replica::node(unit), &address));
        let nodes = enrolled.collect::<Result<_>>()?;
        Ok(Self { store: ground.path, address, nodes })
    }
}
