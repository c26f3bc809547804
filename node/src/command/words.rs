//! Parsers of what people type.

use chrono::NaiveDate;
use zhuji_protocol::console::Malformed;
use zhuji_protocol::policy::Side;
use zhuji_protocol::texts::Told;
use zhuji_protocol::unit::{Level, UnitId};

pub use zhuji_protocol::console::date;

/// A date, or none: an empty text, `-` or `无` clears the field.
///
/// # Errors
/// As [`date`].
pub fn optional_date(text: &str) -> Result<OptionalDate, Malformed> {
    match text.trim() {
        "" | "-" | "无" | "none" => Ok(OptionalDate(None)),
        text => date(text).map(|date| OptionalDate(Some(date))),
    }
}

/// A date that was typed, or that there shall be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionalDate(pub Option<NaiveDate>);

/// Who began a contact: `leader` or `talent`, 领导 or 人才.
///
/// # Errors
/// When the word is another.
pub fn side(text: &str) -> Result<Side, Malformed> {
    match text.trim() {
        "leader" | "领导" => Ok(Side::Leader),
        "talent" | "人才" => Ok(Side::Talent),
        _ => Err(Malformed::new(NoSide)),
    }
}

/// `yes` or `no`, 是 or 否.
///
/// # Errors
/// When the word is another.
pub fn yes_or_no(text: &str) -> Result<bool, Malformed> {
    match text.trim() {
        "yes" | "是" => Ok(true),
        "no" | "否" => Ok(false),
        _ => Err(Malformed::new(NoYesOrNo)),
    }
}

/// A level by its word in either language.
///
/// # Errors
/// When the word names none.
pub fn level(text: &str) -> Result<Level, Malformed> {
    Level::from_word(text.trim()).ok_or_else(|| Malformed::new(NoLevel))
}

/// A unit's id.
///
/// # Errors
/// When the text is none.
pub fn unit(text: &str) -> Result<UnitId, Malformed> {
    text.trim().parse().map_err(|_| Malformed::new(NoUnit))
}

/// A period as reports have it: `2016`, `2016-H1`, `2016-Q3`, `2016-04`.
///
/// # Errors
/// When the text is none.
pub fn period(text: &str) -> Result<String, Malformed> {
    let text = text.trim().to_uppercase();
    let is_year =
        |year: &str| year.len() == 4 && year.parse::<u16>().is_ok_and(|year| (1900..=2199).contains(&year));
    let is_part = |part: &str| match (part.strip_prefix('H'), part.strip_prefix('Q')) {
        (Some(half), _) => matches!(half, "1" | "2"),
        (_, Some(quarter)) => matches!(quarter, "1" | "2" | "3" | "4"),
        _ => part.len() == 2 && part.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month)),
    };
    let fits = match text.split_once('-') {
        None => is_year(&text),
        Some((year, part)) => is_year(year) && is_part(part),
    };
    if fits { Ok(text) } else { Err(Malformed::new(NoPeriod)) }
}

macro_rules! told_plainly {
    ($($name:ident => $key:literal),+ $(,)?) => {$(
        #[derive(Debug)]
        struct $name;

        impl Told for $name {
            fn key(&self) -> &'static str {
                $key
            }
        }
    )+};
}

told_plainly! {
    NoSide => "word-no-side",
    NoYesOrNo => "word-no-yes-or-no",
    NoLevel => "word-no-level",
    NoUnit => "word-no-unit",
    NoPeriod => "word-no-period",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_calendar_periods() {
        for good in ["2016", "2016-H1", "2016-h2", "2016-Q3", "2016-04"] {
            assert!(period(good).is_ok(), "{good}");
        }
        for bad in ["", "16", "2016-H3", "2016-Q5", "2016-13", "2016-4", "2016-00", "0000", "2016-04-01"] {
            assert!(period(bad).is_err(), "{bad}");
        }
    }
}
