//! A figure, the limit measured beside it in the same run, and what it should be: a line for people and one of JSON.

use serde_json::{Value, json};

/// What a figure should be. With a limit it is the ratio to it, else the figure itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// Shown for what it is.
    Shown,
}

/// One figure of one run; a value for each round.
#[derive(Clone, Debug)]
pub struct Figure<'a> {
    /// What was measured.
    pub name: &'a str,
    /// In what.
    pub unit: &'a str,
    /// Ours.
    pub ours: Vec<f64>,
    /// What the limit is, and its values in the same rounds; none: the goal is absolute.
    pub limit: Option<(&'a str, Vec<f64>)>,
    /// What it should be.
    pub goal: Goal,
}

/// Least, middle and greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The middle one.
    pub median: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of these values; zeros if there are none.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let median = quantile(&sorted, 0.5);
        Self {
            min: sorted.first().copied().unwrap_or_default(),
            median,
            max: sorted.last().copied().unwrap_or_default(),
        }
    }

    fn json(self) -> Value {
        json!({ "min": rounded(self.min), "median": rounded(self.median), "max": rounded(self.max) })
    }
}

/// The value below which this share of the sorted values lies; between two values, a value between them.
#[must_use]
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = share.clamp(0.0, 1.0) * last as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * (at - at.floor())
}

impl Figure<'_> {
    /// Ours by the limit's, round by round; ours where there is no limit.
    #[must_use]
    pub fn judged(&self) -> Spread {
        match &self.limit {
            Some((_, limit)) => {
                let ratios: Vec<f64> =
                    self.ours.iter().zip(limit).map(|(ours, limit)| ours / limit).collect();
                Spread::of(&ratios)
            }
            None => Spread::of(&self.ours),
        }
    }

    /// Whether it is what it should be; `None` where nothing is asked.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::AtLeast(least) => Some(self.judged().median >= least),
            Goal::AtMost(most) => Some(self.judged().median <= most),
            Goal::Shown => None,
        }
    }

    /// Prints both lines.
    pub fn print(&self) {
        println!("{}", self.line());
        println!("{}", self.json());
    }

    fn line(&self) -> String {
        let Spread { min, median, max } = Spread::of(&self.ours);
        let (name, unit) = (self.name, self.unit);
        let mut line = format!("{name}: {} {unit} ({} – {})", short(median), short(min), short(max));
        if let Some((limit, values)) = &self.limit {
            let judged = self.judged();
            line.push_str(&format!(
                "; {limit}: {} {unit}; ratio {} ({} – {})",
                short(Spread::of(values).median),
                short(judged.median),
                short(judged.min),
                short(judged.max)
            ));
        }
        match (self.goal, self.is_met()) {
            (Goal::AtLeast(least), Some(met)) => {
                line.push_str(&format!("; goal ≥ {}: {}", short(least), word(met)));
            }
            (Goal::AtMost(most), Some(met)) => {
                line.push_str(&format!("; goal ≤ {}: {}", short(most), word(met)));
            }
            _ => {}
        }
        line
    }

    /// The same as one object.
    #[must_use]
    pub fn json(&self) -> Value {
        let limit = self.limit.as_ref();
        json!({
            "figure": self.name,
            "unit": self.unit,
            "ours": Spread::of(&self.ours).json(),
            "limit": limit.map(|(name, _)| *name),
            "limit_value": limit.map(|(_, values)| Spread::of(values).json()),
            "ratio": limit.map(|_| self.judged().json()),
            "goal": match self.goal {
                Goal::AtLeast(least) => json!(format!(">= {least}")),
                Goal::AtMost(most) => json!(format!("<= {most}")),
                Goal::Shown => Value::Null,
            },
            "met": self.is_met(),
            "rounds": self.ours.len(),
            "cores": std::thread::available_parallelism().map_or(1, usize::from),
        })
    }
}

fn word(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Three significant digits, or all of a large number.
fn short(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (2 - value.abs().log10().floor() as i32).clamp(0, 6) };
    format!("{value:.*}", digits as usize)
}

fn rounded(value: f64) -> f64 {
    short(value).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_judged_by_the_middle_of_its_ratios_and_not_by_the_ratio_of_its_middles() {
        let limit = Some(("limit", vec![10.0, 30.0, 20.0]));
        let figure =
            Figure { name: "x", unit: "s", ours: vec![5.0, 6.0, 20.0], limit, goal: Goal::AtLeast(0.6) };
        assert_eq!(figure.judged(), Spread { min: 0.2, median: 0.5, max: 1.0 });
        assert_eq!(figure.is_met(), Some(false));
        assert_eq!(figure.json()["ratio"]["median"], 0.5);
    }

    #[test]
    fn without_a_limit_the_goal_is_absolute() {
        let figure = Figure { name: "x", unit: "s", ours: vec![3.0], limit: None, goal: Goal::AtMost(4.0) };
        assert_eq!(figure.is_met(), Some(true));
        assert_eq!(figure.json()["ratio"], Value::Null);
    }

    #[test]
    fn a_quantile_lies_between_its_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(quantile(&[1.0], 0.99), 1.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }
}
