//! What the benchmarks share: how a figure is [printed](figure), an invented [place](ground) with a hub and its children, [started](running) here or [apart],
//! and real [summaries](summaries) to send.

pub mod apart;
pub mod figure;
pub mod ground;
pub mod running;
pub mod summaries;
pub mod villages;

/// A size or count that the environment may set.
///
/// # Panics
/// It is set to something that is no number: better than measuring something else than was meant.
#[must_use]
pub fn sized(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} must be a whole number, not {text:?}"))
    })
}
