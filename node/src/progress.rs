//! How far a long act has come: on standard error, only on a terminal, only after a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Anything quicker needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far an act has come.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// An act of so many steps.
    #[must_use]
    pub fn of(steps: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// One step more.
    pub fn step(&self) {
        if self.bar.is_hidden() && self.bar.elapsed() >= PATIENCE {
            // Stays hidden where standard error is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    /// The act is done.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
