//! Questions of a running hub that change nothing: answered beside the writer, on a thread and a connection of their
//! own, so that neither waits for the other.

use crate::report::UnitFigures;
use crate::store::StoreFault;
use crate::store::sqlite::SqliteStore;
use chrono::NaiveDate;
use std::io;
use zhuji_protocol::identity::{PublicKey, Replica};
use zhuji_protocol::month::{Month, Period};
use zhuji_protocol::transport::StoreThread;
use zhuji_protocol::unit::UnitId;

/// Where questions are asked. Copies ask the same reader.
#[derive(Clone, Debug)]
pub struct Reader {
    thread: StoreThread<SqliteStore>,
}

impl Reader {
    /// On a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn on_a_thread(store: SqliteStore) -> io::Result<Self> {
        Ok(Self { thread: StoreThread::start("reader", store)? })
    }

    /// Where it is asked, as a simulation wants it.
    pub(super) fn inline(store: SqliteStore) -> Self {
        Self { thread: StoreThread::inline(store) }
    }

    /// The unit and `depth` levels below it, as they stand on `today`: the period's flows, and the stocks of its last
    /// month, or of the current one if the period still runs.
    ///
    /// # Errors
    /// The unit is unknown, or the store cannot be read.
    pub async fn figures(
        &self,
        unit: UnitId,
        depth: usize,
        period: Period,
        today: NaiveDate,
    ) -> Result<Vec<UnitFigures>, StoreFault> {
        let figures = move |store: &mut SqliteStore| store.figures_now(&unit, depth, period, today);
        self.thread.run(figures).await.map_err(|_| StoreFault::Busy)?
    }

    /// Whether the key is the only active one of an active replica, so that the writer need not be asked.
    pub(super) async fn is_settled(&self, replica: Replica, key: PublicKey) -> bool {
        let settled = self.thread.run(move |store| store.is_settled(&replica, &key)).await;
        matches!(settled, Ok(Ok(true)))
    }

    /// The first month from which on a replica's rows count without a break; outer `None`: it cannot be told.
    pub(super) async fn first_month_of(&self, replica: Replica) -> Option<Option<Month>> {
        let found = self.thread.run(move |store| store.from_month(&replica)).await;
        found.ok()?.ok()
    }

    /// Whether refused rows of the replica's may be asked for; also where it cannot be told.
    pub(super) async fn may_ask_again(&self, replica: Replica) -> bool {
        let may = self.thread.run(move |store| store.may_ask_again(&replica)).await;
        !matches!(may, Ok(Ok(false)))
    }

    /// Lets the store go, as a crash does.
    pub(super) fn let_go(&self) {
        drop(self.thread.take_away());
    }
}
