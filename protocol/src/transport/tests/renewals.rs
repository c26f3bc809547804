//! Keys are exchanged while links stand, lines break and clocks are wrong; and whoever was put out is told so.

use super::links::{COUNTY, MINUTES, NODE_AT, Pair, TOWNSHIP, simulated};
use super::network::Weather;
use super::{Hub, key, noon, unit};
use crate::identity::{EnrolRefusal, PublicKey, Replica};
use crate::link::clock::Heard;
use crate::texts::{Language, Told};
use crate::transport::{Phase, UplinkFault};
use crate::wire::close::CloseCode;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::Ordering;

fn renewals(pair: &Pair) -> u64 {
    pair.node.renewals.load(Ordering::Relaxed)
}

fn linked(pair: &Pair) -> Vec<PublicKey> {
    let mut keys = pair.ruling.lock().unwrap().linked.clone();
    keys.dedup();
    keys
}

#[test]
fn a_machine_switched_off_over_its_expiry_renews_and_comes_back_with_a_new_key() {
    simulated(async {
        let pair = Pair::start(7, Weather::fair(), TimeDelta::days(400));
        pair.write_up(1..5, 1);
        pair.uplink().0.sync_once().await.expect("exchanged");
        pair.agreed().expect("everything is through");
        assert_eq!(renewals(&pair), 1);
        assert_eq!(linked(&pair), [key(51).public()]);
    });
}

#[test]
fn a_link_that_stands_for_years_exchanges_its_key_from_half_life_on_and_goes_on() {
    simulated(async {
        let pair = Pair::start(8, Weather::fair(), TimeDelta::days(88));
        let (uplink, control) = pair.uplink();
        tokio::spawn(uplink.run());
        tokio::time::sleep(10 * 60 * MINUTES).await;
        assert_eq!(renewals(&pair), 0, "before half-life");
        for round in 1..=4u8 {
            pair.days.fetch_add(100, Ordering::Relaxed);
            tokio::time::sleep(7 * 60 * MINUTES).await;
            assert_eq!(renewals(&pair), u64::from(round));
            assert_eq!(control.status().borrow().phase, Phase::Connected);
            pair.write_up(1..9, round);
            control.changed();
            pair.agree_within(MINUTES).await;
        }
        assert_eq!(linked(&pair), [50, 51, 52, 53, 54].map(|seed| key(seed).public()));
        control.stop();
    });
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_key_and_locks_nobody_out() {
    for weather in [Weather::fair(), Weather::foul()] {
        simulated(async {
            let pair = Pair::start(9, weather, TimeDelta::days(400));
            pair.ruling.lock().unwrap().loses_answer = true;
            pair.write_up(1..5, 1);
            let (uplink, control) = pair.uplink();
            tokio::spawn(uplink.run());
            tokio::time::sleep(10 * MINUTES).await;
            assert_eq!(renewals(&pair), 0);
            pair.network.reconnect(NODE_AT);
            pair.agree_within(10 * MINUTES).await;
            let asked = pair.ruling.lock().unwrap().asked.clone();
            assert!(asked.len() > 1 && asked.iter().all(|asked| *asked == key(51).public()), "{asked:?}");
            assert_eq!(linked(&pair), [key(51).public()]);
            control.stop();
        });
    }
}

#[test]
fn whoever_was_put_out_gets_no_certificate_either_and_is_told_why() {
    for (refusal, code) in [
        (EnrolRefusal::Suspended, CloseCode::Suspended),
        (EnrolRefusal::Banned, CloseCode::Banned),
        (EnrolRefusal::Retired, CloseCode::Retired),
        (EnrolRefusal::Revoked, CloseCode::Revoked),
    ] {
        // With an expired certificate, where only its renewal would be served, and with one that holds.
        for age in [TimeDelta::days(400), TimeDelta::days(1)] {
            simulated(async {
                let pair = Pair::start(10, Weather::fair(), age);
                pair.ruling.lock().unwrap().refused = Some(refusal.clone());
                pair.write_up(1..5, 1);
                let (uplink, control) = pair.uplink();
                tokio::spawn(uplink.run());
                tokio::time::sleep(50 * MINUTES).await;
                let fault = control.status().borrow().fault.clone().expect("it was told");
                assert_eq!(fault.turned_away(), Some(code));
                assert_eq!(fault.tell(Language::English), code.tell(Language::English));
                let tried = {
                    let ruling = pair.ruling.lock().unwrap();
                    ruling.linked.len() + ruling.asked.len()
                };
                assert_eq!(tried, 1, "it backs off for hours");
                // Let in again: at the next try, which a person may ask for.
                pair.ruling.lock().unwrap().refused = None;
                control.dial_now();
                pair.agree_within(MINUTES).await;
                control.stop();
            });
        }
    }
}

#[test]
fn with_another_hubs_certificate_one_is_told_to_enrol_again() {
    simulated(async {
        let pair = Pair::start(11, Weather::fair(), TimeDelta::zero());
        let (other, _) = Hub::credentials(COUNTY, 30);
        let foreign = other.issue(&Replica::node(unit(TOWNSHIP)), &key(50).public(), [5; 16], noon());
        pair.node.own.lock().unwrap().1 = foreign.expect("issued");
        // It is refused by an alert of TLS, which comes when the dialler's own handshake is over: while it dials, or
        // on the link that seemed to stand.
        for _ in 0..3 {
            let fault = pair.uplink().0.sync_once().await.expect_err("another hub's");
            assert_eq!(fault.turned_away(), Some(CloseCode::UnknownReplica), "{fault}");
            assert!(fault.tell(Language::English).contains("enrol"), "{fault}");
        }
    });
}

/// What the wrong clocks say when the story begins.
fn wrong_clocks() -> [DateTime<Utc>; 3] {
    ["1970-01-01T00:00:07Z", "2000-01-01T00:00:00Z", "2040-05-01T00:00:00Z"]
        .map(|text| text.parse().expect("a moment"))
}

fn set_clock(pair: &mut Pair, says: DateTime<Utc>) {
    let right = pair.world.clock.clone();
    let begun = right();
    pair.world.clock = Arc::new(move || says + (right() - begun));
}

#[test]
fn a_wrong_clock_keeps_no_replica_from_renewing() {
    for says in wrong_clocks() {
        for age in [400, 100] {
            simulated(async {
                let mut pair = Pair::start(9, Weather::fair(), TimeDelta::days(age));
                set_clock(&mut pair, says);
                // The hub was heard when this store was enrolled, by the same clock.
                *pair.node.heard.lock().unwrap() = Some(Heard { ours: says, hubs: noon() });
                pair.write_up(1..5, 1);
                let (uplink, control) = pair.uplink();
                tokio::spawn(uplink.run());
                pair.agree_within(MINUTES).await;
                assert_eq!(renewals(&pair), 1, "{says} {age}");
                control.stop();
            });
        }
    }
}

#[test]
fn a_wrong_clock_makes_nobody_renew_at_every_dial() {
    for says in wrong_clocks() {
        simulated(async {
            let mut pair = Pair::start(9, Weather::fair(), TimeDelta::days(3));
            set_clock(&mut pair, says);
            *pair.node.heard.lock().unwrap() = Some(Heard { ours: says, hubs: noon() });
            for round in 1..4 {
                pair.write_up(1..5, round);
                pair.uplink().0.sync_once().await.expect("exchanged");
            }
            assert_eq!(renewals(&pair), 0, "{says}");
        });
    }
}

#[test]
fn a_clock_that_nobody_has_corrected_yet_still_renews_when_the_hub_says_so() {
    simulated(async {
        let mut pair = Pair::start(9, Weather::fair(), TimeDelta::days(400));
        // By its own clock the certificate has not even begun.
        set_clock(&mut pair, DateTime::UNIX_EPOCH);
        pair.write_up(1..5, 1);
        let outcome = pair.uplink().0.sync_once().await;
        assert!(!matches!(outcome, Err(UplinkFault::Closed(CloseCode::RenewOnly))), "{outcome:?}");
        pair.agreed().expect("everything is through");
        assert_eq!(renewals(&pair), 1);
    });
}
