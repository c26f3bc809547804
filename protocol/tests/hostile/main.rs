//! The fuzzer's targets on stable: mutated seeds, and for every run a bound on what it allocates and on the processor
//! time that it takes. What is measured is the thread's own time on a processor, not the wall's, so that a loaded
//! machine changes nothing; a run takes milliseconds, the bound is a second.

#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "the fuzzer has them as a library")]
mod targets;

mod mutation;
mod seeds;

use mutation::mutated;
use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use std::sync::{Mutex, PoisonError};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// One run at a time, so that what is allocated is its own.
static ALONE: Mutex<()> = Mutex::new(());

/// What a second of processor time is, in nanoseconds.
const SECOND_NS: u64 = 1_000_000_000;

/// The most that a target may hold at once, beside its input: what a list is let grow by before its elements have
/// arrived, and what one byte of input may become.
struct Bound {
    at_once: usize,
    per_byte: usize,
}

/// Runs a target once, within its bounds.
fn run(name: &str, target: fn(&[u8]), bound: &Bound, bytes: &[u8]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let held_before = ALLOCATOR.current_usage();
    let before_ns = processor_time_ns();
    ALLOCATOR.reset_peak_usage();
    target(bytes);
    let took_ns = processor_time_ns() - before_ns;
    let held = ALLOCATOR.peak_usage().saturating_sub(held_before);
    let most = bound.at_once + bound.per_byte * bytes.len();
    assert!(held <= most, "{name} held {held} bytes for {} of input; {most} are allowed", bytes.len());
    assert!(took_ns < SECOND_NS, "{name} took {took_ns} ns for {} bytes", bytes.len());
}

/// The time that this thread has spent on a processor; elsewhere than on Linux nobody tells, and the bound is not held.
fn processor_time_ns() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0)
}

macro_rules! hostile {
    ($($target:ident: $at_once:expr, $per_byte:expr;)+) => {
        $(
            mod $target {
                use super::*;

                const BOUND: Bound = Bound { at_once: $at_once, per_byte: $per_byte };

                #[test]
                fn seeds_are_taken() {
                    // What is set up at the first use of anything is no run's own.
                    targets::$target(&seeds::$target()[0]);
                    for seed in seeds::$target() {
                        run(stringify!($target), targets::$target, &BOUND, &seed);
                    }
                }

                proptest! {
                    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

                    #[test]
                    fn mutated_seeds_cost_no_more_than_the_limit(bytes in mutated(seeds::$target())) {
                        run(stringify!($target), targets::$target, &BOUND, &bytes);
                    }

                    #[test]
                    fn garbage_costs_no_more_than_the_limit(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
                        run(stringify!($target), targets::$target, &BOUND, &bytes);
                    }
                }

                #[test]
                fn the_longest_input_costs_no_more_than_the_limit() {
                    for seed in seeds::$target() {
                        for filler in [0u8, b'1', b'[', b'"', b'\n', 0xfb, 0xff] {
                            let mut bytes = seed.clone();
                            bytes.resize(seeds::LONGEST.max(seed.len()), filler);
                            run(stringify!($target), targets::$target, &BOUND, &bytes);
                        }
                        let bytes: Vec<u8> =
                            seed.iter().copied().cycle().take(seeds::LONGEST.max(seed.len())).collect();
                        run(stringify!($target), targets::$target, &BOUND, &bytes);
                    }
                }
            }
        )+

        #[test]
        fn every_target_of_the_fuzzer_runs_here() {
            let here = [$(stringify!($target)),+];
            let manifest = include_str!("../../fuzz/Cargo.toml");
            let fuzzed = manifest.lines().filter_map(|line| {
                line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\"")
            });
            assert_eq!(fuzzed.collect::<Vec<_>>(), here);
        }
    };
}

hostile! {
    frames: 4 << 20, 64;
    items: 4 << 20, 64;
    messages: 4 << 20, 64;
    enrolment: 4 << 20, 64;
    policies: 4 << 20, 256;
    facts: 4 << 20, 256;
    directory: 4 << 20, 256;
}
