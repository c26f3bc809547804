//! What a person rules about a replica, and how it holds over a restore of the hub.

use super::*;
use crate::revocations;
use crate::store::{Ruling, Standing, StoreFault};
use zhuji_protocol::identity::PublicKey;
use zhuji_protocol::wire::close::CloseCode;

impl Hub {
    fn rule(&mut self, replica: &Replica, ruling: Ruling) -> Result<Standing, StoreFault> {
        self.steps += 1;
        let seed = moment(&format!("rule {}", self.steps));
        now(self.store.rule(replica, ruling, "of this test", &author(), seed)).map(|done| done.0)
    }

    fn used(&mut self, replica: &Replica, key: PublicKey) -> Result<Standing, StoreFault> {
        self.steps += 1;
        let seed = moment(&format!("used {}", self.steps));
        now(self.store.key_used(replica, key, &author(), seed)).map(|done| done.0)
    }

    fn enrol_with(&mut self, replica: &Replica, key: PublicKey, secret: u8) -> Result<(), StoreFault> {
        let token = TokenSecret([secret; 16]).hash();
        now(self.store.issue_token(&token, replica, noon() + TimeDelta::hours(72), &author()))?;
        let (replica, certificate) = (replica.clone(), vec![1]);
        let enrolled = Enrolled { token, replica, key, certificate, admission: Admission::First };
        now(self.store.enrol(enrolled, &author(), moment(&format!("anew {secret}")))).map(|_| ())
    }

    /// The store as it is now, to be restored later.
    fn backed_up(&self, name: &str) -> std::path::PathBuf {
        let copy = self.path().with_file_name(name);
        self.store.back_up(&copy).expect("backed up");
        copy
    }

    /// Puts a backup in the store's place; the file of revocations stays where it was.
    fn restore(&mut self, backup: &std::path::Path) -> usize {
        let path = self.path();
        let elsewhere = path.with_file_name("elsewhere.db");
        std::fs::copy(backup, &elsewhere).expect("copied");
        // Before it is opened again, nobody may own it.
        drop(std::mem::replace(&mut self.store, SqliteStore::open(&elsewhere).expect("a store")));
        for of_the_log in ["hub.db-wal", "hub.db-shm"] {
            let _none = std::fs::remove_file(path.with_file_name(of_the_log));
        }
        std::fs::copy(backup, &path).expect("restored");
        self.store = SqliteStore::open(&path).expect("a store");
        let kept = revocations::read(&path).expect("read");
        now(self.store.apply_revocations(&kept, &author(), moment("restored"))).expect("applied").0
    }
}

fn key(seed: u8) -> PublicKey {
    ReplicaKey::from_seed(&[seed; 32]).expect("a key").public()
}

#[test]
fn a_suspended_replica_is_kept_out_and_goes_on_where_it_was_once_resumed() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    village.month("2026-03", &contacts(1, 5));
    assert_eq!(hub.rule(&village.replica, Ruling::Suspend).expect("ruled"), Standing::Suspended);
    assert_eq!(hub.greet(&mut village), Greeted::Refused(CloseCode::Suspended));
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Suspended);
    // Nor does another key of it get in, or a token help.
    assert_eq!(hub.used(&village.replica, key(90)).expect("judged"), Standing::Suspended);
    let barred = hub.enrol_with(&village.replica, key(90), 90);
    assert!(matches!(barred, Err(StoreFault::NoToken(_, Standing::Suspended))), "{barred:?}");
    let again = hub.rule(&village.replica, Ruling::Suspend);
    assert!(matches!(again, Err(StoreFault::RulingUnfit(_, Standing::Suspended))), "{again:?}");
    assert_eq!(now(hub.store.fleet()).expect("a fleet")[0].standing, Standing::Suspended);
    // It stays expected: its office has not come to an end.
    assert_eq!(hub.reporting(COUNTY).expected, 1);

    assert_eq!(hub.rule(&village.replica, Ruling::Resume).expect("ruled"), Standing::Active);
    assert!(matches!(hub.greet(&mut village), Greeted::Welcome(_)));
    assert!(hub.receive(&mut village).is_empty());
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 5);
}

#[test]
fn a_retired_unit_is_no_longer_expected_and_its_history_counts_until_it_begins_anew() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    hub.node(TOWN);
    village.month("2026-03", &contacts(1, 5));
    village.reports("2026-06-10");
    hub.receive(&mut village);
    assert_eq!((hub.reporting(COUNTY).expected, hub.reporting(COUNTY).reported), (2, 1));

    assert_eq!(hub.rule(&village.replica, Ruling::Retire).expect("ruled"), Standing::Retired);
    assert_eq!((hub.reporting(COUNTY).expected, hub.reporting(COUNTY).reported), (1, 0));
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 5, "its history goes on counting");
    assert_eq!(hub.greet(&mut village), Greeted::Refused(CloseCode::Retired));
    hub.assert_whole();

    hub.enrol_with(&village.replica, key(91), 91).expect("a token lets it begin anew");
    assert_eq!((hub.reporting(COUNTY).expected, hub.reporting(COUNTY).reported), (2, 1));
    assert_eq!(hub.used(&village.replica, key(91)).expect("judged"), Standing::Active);
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Replaced);
    hub.assert_whole();
}

#[test]
fn a_unit_that_never_came_can_be_retired_and_its_token_is_withdrawn() {
    let mut hub = Hub::county();
    let (replica, token) = (Replica::node(id(VILLAGE)), TokenSecret([1; 16]).hash());
    let unknown = hub.rule(&replica, Ruling::Retire);
    assert!(matches!(unknown, Err(StoreFault::UnknownReplica(_))), "{unknown:?}");
    let until = noon() + TimeDelta::hours(72);
    now(hub.store.issue_token(&token, &replica, until, &author())).expect("issued");
    assert_eq!(hub.reporting(COUNTY).expected, 1);
    hub.rule(&replica, Ruling::Retire).expect("ruled");
    assert_eq!(hub.reporting(COUNTY).expected, 0);
    assert_eq!(now(hub.store.token(&token)).expect("read"), None);
}

#[test]
fn a_ban_outlasts_tokens_and_is_lifted_to_a_new_key_only() {
    let mut hub = Hub::county();
    let village = hub.node(VILLAGE);
    assert_eq!(hub.rule(&village.replica, Ruling::Ban).expect("ruled"), Standing::Banned);
    let barred = hub.enrol_with(&village.replica, key(92), 92);
    assert!(matches!(barred, Err(StoreFault::NoToken(_, Standing::Banned))), "{barred:?}");
    assert_eq!(hub.rule(&village.replica, Ruling::Resume).expect("lifted"), Standing::Revoked);
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Revoked);
    hub.enrol_with(&village.replica, key(92), 93).expect("a new key");
    assert_eq!(hub.used(&village.replica, key(92)).expect("judged"), Standing::Active);
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Revoked);
}

#[test]
fn a_hub_restored_from_yesterday_lets_in_nobody_whom_it_put_out_today() {
    let mut hub = Hub::county();
    let (village, town) = (hub.node(VILLAGE), hub.node(TOWN));
    let other = hub.node(OTHER_TOWN);
    let yesterday = hub.backed_up("yesterday.db");
    // Today: one has a new key and is revoked with both, one is retired, one is suspended and let in again, and one enrols
    // and is banned.
    let later = Author { at: noon() + TimeDelta::hours(1), ..author() };
    now(hub.store.renew(&village.replica, key(94), vec![2], &later)).expect("renewed");
    hub.rule(&village.replica, Ruling::Revoke).expect("ruled");
    hub.rule(&town.replica, Ruling::Retire).expect("ruled");
    hub.rule(&other.replica, Ruling::Suspend).expect("ruled");
    hub.rule(&other.replica, Ruling::Resume).expect("ruled");
    let newcomer = hub.node(OTHER_VILLAGE);
    hub.rule(&newcomer.replica, Ruling::Ban).expect("ruled");
    let expected = hub.reporting(COUNTY).expected;

    assert_eq!(hub.restore(&yesterday), 3, "those that stand otherwise than yesterday");
    assert_eq!(hub.reporting(COUNTY).expected, expected - 1, "the token of today's newcomer is gone");
    for (replica, shown, standing) in [
        (&village.replica, village.key.public(), Standing::Revoked),
        (&village.replica, key(94), Standing::Revoked),
        (&town.replica, town.key.public(), Standing::Retired),
        (&other.replica, other.key.public(), Standing::Active),
        (&newcomer.replica, newcomer.key.public(), Standing::Banned),
    ] {
        assert_eq!(hub.used(replica, shown).expect("judged"), standing, "{replica}");
    }
    // The key that nobody listed is remembered as given up, even after its replica was let in anew.
    hub.enrol_with(&village.replica, key(95), 95).expect("enrolled anew");
    assert_eq!(hub.used(&village.replica, key(94)).expect("judged"), Standing::Revoked);
    assert_eq!(hub.used(&village.replica, key(95)).expect("judged"), Standing::Active);
    let kept = revocations::read(&hub.path()).expect("read");
    let by = author();
    let again = now(hub.store.apply_revocations(&kept, &by, moment("again")));
    assert_eq!(again.expect("applied").0, 0, "it changes nothing more");
    hub.assert_whole();
}

#[test]
fn a_hub_restored_from_before_a_renewal_or_an_enrolment_takes_its_children_in_again() {
    let mut hub = Hub::county();
    let village = hub.node(VILLAGE);
    let yesterday = hub.backed_up("yesterday.db");
    now(hub.store.renew(&village.replica, key(96), vec![2], &author())).expect("renewed");
    assert_eq!(hub.used(&village.replica, key(96)).expect("judged"), Standing::Active);
    let mut newcomer = hub.node(OTHER_VILLAGE);
    assert_eq!(hub.restore(&yesterday), 0);

    assert_eq!(hub.used(&village.replica, key(96)).expect("judged"), Standing::Active);
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Replaced);
    assert_eq!(hub.used(&newcomer.replica, newcomer.key.public()).expect("judged"), Standing::Active);
    assert!(matches!(hub.greet(&mut newcomer), Greeted::Welcome(_)));
    assert_eq!(hub.reporting(COUNTY).expected, 2, "the unit that enrolled today is expected again");
    let entries = now(hub.store.audit(100)).expect("a trail");
    assert_eq!(entries.iter().filter(|entry| entry.act == "readmit").count(), 2, "and it is in the trail");
    // A certificate of ours for a unit that nobody here knows proves a directory from elsewhere.
    let stranger = Replica::node(id("110101001000"));
    assert!(matches!(hub.used(&stranger, key(97)), Err(StoreFault::UnknownReplica(_))));
}

#[test]
fn a_key_that_was_given_up_or_is_anothers_gets_no_certificate_and_few_wait_at_once() {
    let mut hub = Hub::county();
    let (village, town) = (hub.node(VILLAGE), hub.node(TOWN));
    let mut renew = |replica: &Replica, key| now(hub.store.renew(replica, key, vec![2], &author()));
    let unfit = renew(&village.replica, town.key.public());
    assert!(matches!(unfit, Err(StoreFault::KeyUnfit(_))), "{unfit:?}");
    let given: Vec<bool> = (100..120).map(|seed| renew(&village.replica, key(seed)).is_ok()).collect();
    assert_eq!(given.iter().filter(|given| **given).count(), 7);
    // Asked for again, since the answer was lost.
    renew(&village.replica, key(100)).expect("given again");
    assert_eq!(hub.used(&village.replica, key(100)).expect("judged"), Standing::Active);
    let mut renew = |replica: &Replica, key| now(hub.store.renew(replica, key, vec![2], &author()));
    let replaced = renew(&village.replica, village.key.public());
    assert!(matches!(replaced, Err(StoreFault::KeyUnfit(_))), "{replaced:?}");
}

#[test]
fn a_replica_that_was_copied_is_kept_out_until_one_store_is_enrolled_anew() {
    let mut hub = Hub::county();
    let mut village = hub.node(VILLAGE);
    let standing = |hub: &Hub| now(hub.store.fleet()).expect("a fleet")[0].standing;
    let effects = now(hub.store.fork_found(&village.replica, moment("found"))).expect("noted");
    assert!(effects.forks.contains(&village.replica));
    assert_eq!(standing(&hub), Standing::Forked);
    assert_eq!(hub.greet(&mut village), Greeted::Refused(CloseCode::Fork));
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Forked);
    let next = ReplicaKey::from_seed(&[5; 32]).expect("a key").public();
    hub.enrol_with(&village.replica, next, 5).expect("enrolled");
    assert_eq!(standing(&hub), Standing::Active);
    // The copy has the old key.
    assert_eq!(hub.used(&village.replica, village.key.public()).expect("judged"), Standing::Replaced);
}
