use super::*;
use crate::store::sqlite::SqliteStore;
use crate::store::sqlite::tests::{COUNTY, Hub, VILLAGE, author, contacts, moment, noon, now};
use zhuji_protocol::figures::Count;
use zhuji_protocol::identity::Replica;
use zhuji_protocol::link::effects::{self, Request};

fn asked(peer: &Replica, items: usize, hub: &mut Hub) -> Vec<Asked> {
    let mut child = hub.enrol(peer.clone());
    let mut group = Vec::new();
    for number in 0..items {
        let after = child.mark;
        child.month(&format!("{}-{:02}", 2026 + number / 12, number % 12 + 1), &contacts(1, 1));
        let batch = child.batch_after(after).expect("a batch");
        group.push(Asked { peer: peer.clone(), request: Request::Apply(Box::new(batch)) });
    }
    group
}

#[test]
fn a_group_takes_what_waits_up_to_its_limit_and_answers_in_order() {
    let mut hub = Hub::county();
    let village = Replica::node(VILLAGE.parse().expect("a unit"));
    let mut queue = Queue::default();
    for (number, asked) in asked(&village, 300, &mut hub).into_iter().enumerate() {
        queue.push(number, asked);
    }
    let first = now(step(&mut hub.store, &mut queue, moment("1")));
    assert!(first.fault.is_none());
    let owners: Vec<usize> = first.answers.iter().map(|answer| answer.0).collect();
    assert_eq!(owners, (0..GROUP_ITEMS).collect::<Vec<_>>());
    assert!(
        first
            .answers
            .iter()
            .all(|(_, outcome)| { matches!(outcome, Some(Outcome::Applied(effects::Applied::Done { .. }))) })
    );
    let second = now(step(&mut hub.store, &mut queue, moment("2")));
    assert_eq!(second.answers.len(), 300 - GROUP_ITEMS);
    assert!(queue.is_empty());
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 12);
    hub.assert_whole();
}

#[test]
fn a_full_disk_refuses_cleanly_and_is_got_over() {
    let mut hub = Hub::county();
    let village = Replica::node(VILLAGE.parse().expect("a unit"));
    let group = asked(&village, 200, &mut hub);
    let mut queue = Queue::default();
    for (number, asked) in group.iter().cloned().enumerate() {
        queue.push(number, asked);
    }
    hub.store.allow_pages(Some(0)).expect("set");
    let stepped = now(step(&mut hub.store, &mut queue, moment("1")));
    assert!(matches!(stepped.fault, Some(StoreFault::DiskFull)), "{:?}", stepped.fault);
    assert!(stepped.answers.iter().all(|(_, outcome)| *outcome == Some(Outcome::Failed)));
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 0);
    hub.store.allow_pages(None).expect("set");
    hub.assert_whole();
    for (number, asked) in group.into_iter().enumerate() {
        queue.push(number, asked);
    }
    assert!(now(step(&mut hub.store, &mut queue, moment("2"))).fault.is_none());
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 12);
    hub.assert_whole();
}

#[tokio::test]
async fn the_thread_answers_requests_and_acts_until_it_is_stopped() {
    let mut hub = Hub::county();
    let village = Replica::node(VILLAGE.parse().expect("a unit"));
    let group = asked(&village, 20, &mut hub);
    let store = {
        let path = hub.path();
        drop(std::mem::replace(&mut hub.store, SqliteStore::read(&path).expect("a reader")));
        SqliteStore::open(&path).expect("owned anew")
    };
    let (desk, writer) = writer(store, noon, || [3; 32], |_| {});
    let thread = writer.on_a_thread().expect("a thread");
    let mut answers = Vec::new();
    for asked in group {
        answers.push(desk.ask(asked).await.expect("it runs"));
    }
    let version = desk
        .act(|store: &mut SqliteStore, _| {
            Box::pin(async move {
                let written = store.record(&author(), "test", "", "").await.is_ok();
                (written, Effects::default())
            })
        })
        .await;
    assert_eq!(version, Ok(true));
    for answer in answers {
        assert!(matches!(answer.await, Ok(Some(Outcome::Applied(effects::Applied::Done { .. })))));
    }
    desk.stop().await;
    drop(thread.join().expect("it ends well"));
    assert_eq!(desk.act(|_, _| Box::pin(async { ((), Effects::default()) })).await, Err(Stopped));
    assert_eq!(hub.count(COUNTY, "2026", Count::Contacts), 12);
}
