//! What is asked beside the owner, by whoever waits for the answer on the store's own thread: nothing here writes.

use super::{SqliteStore, hub, items, refusals, replicas, shown};
use crate::report::UnitFigures;
use crate::store::territory::Series;
use crate::store::{Standing, StoreFault};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use zhuji_protocol::identity::{PublicKey, Replica};
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::summary::Summary;
use zhuji_protocol::unit::UnitId;
use zhuji_protocol::wire::life::Incarnation;
use zhuji_protocol::wire::position::PositionV1;

impl SqliteStore {
    /// Where this hub stands with what another end sends, in that end's present life.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn position_with(&self, replica: &Replica) -> Result<Option<PositionV1>, StoreFault> {
        let Some(peer) = replicas::find(&self.db, replica)? else { return Ok(None) };
        Ok(items::positions(&self.db, peer.id)?.pop())
    }

    /// How far another end has acknowledged what this hub sends, and in which of this hub's lives towards it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn acknowledged_by(&self, replica: &Replica) -> Result<Option<(Incarnation, u64)>, StoreFault> {
        let Some(peer) = replicas::find(&self.db, replica)? else { return Ok(None) };
        Ok(Some((peer.incarnation, replicas::acknowledged(&self.db, &peer)?)))
    }

    /// The months that stand here of one sender for one unit, whether they count or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn months_of(&self, series: &Series) -> Result<BTreeMap<Month, Summary>, StoreFault> {
        let Some(peer) = replicas::find(&self.db, &series.sender)? else { return Ok(BTreeMap::new()) };
        let months = items::months(&self.db, peer.id, series)?;
        Ok(months.into_iter().map(|(month, (summary, _))| (month, summary)).collect())
    }

    /// See [`HubStore::figures`](crate::store::HubStore::figures).
    ///
    /// # Errors
    /// The unit is unknown, or the store cannot be read.
    pub fn figures_now(
        &self,
        unit: &UnitId,
        depth: usize,
        period: Period,
        today: NaiveDate,
    ) -> Result<Vec<UnitFigures>, StoreFault> {
        self.reading(|db| shown::figures(db, &*self.present_territory(db)?, unit, depth, period, today))
    }

    /// The first month from which on a replica's rows count without a break; `None`: all of them ever did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn from_month(&self, replica: &Replica) -> Result<Option<Month>, StoreFault> {
        self.reading(|db| Ok(self.present_territory(db)?.from_month(replica)))
    }

    /// Whether a key is the only active one of an active replica: then [`HubStore::key_used`](crate::store::HubStore::key_used) has nothing to write.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_settled(&self, replica: &Replica, key: &PublicKey) -> Result<bool, StoreFault> {
        self.reading(|db| {
            let Some(peer) = replicas::find(db, replica)? else { return Ok(false) };
            if replicas::standing(db, peer.id)? != Standing::Active {
                return Ok(false);
            }
            let keys = replicas::keys_of(db, replica)?;
            let mut active = keys.iter().filter(|known| known.standing == Standing::Active);
            Ok(active.next().is_some_and(|known| known.public == *key) && active.next().is_none())
        })
    }

    /// Whether anything of a sender's is refused that would be judged otherwise now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn may_ask_again(&self, sender: &Replica) -> Result<bool, StoreFault> {
        self.reading(|db| {
            let Some(peer) = replicas::find(db, sender)? else { return Ok(false) };
            let (_, territory) = hub::counters(db)?;
            Ok(!refusals::judged_before(db, peer.id, territory)?.is_empty())
        })
    }
}
