//! What a cell can say: dates, periods, lists.

use chrono::NaiveDate;

/// Why a cell is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoDate {
    Malformed,
    OutOfRange,
}

/// `2016-04-05`, or with `/` or `.` and one or two digits for month and day; 1900 to 2199.
pub(super) fn date(text: &str) -> Result<NaiveDate, NoDate> {
    let bytes = text.as_bytes();
    let separator = *bytes.get(4).ok_or(NoDate::Malformed)?;
    let mut parts = text.get(5..).ok_or(NoDate::Malformed)?.split(char::from(separator));
    let (month, day, rest) = (parts.next(), parts.next(), parts.next());
    let shortest = match separator {
        b'-' => 2,
        b'/' | b'.' => 1,
        _ => return Err(NoDate::Malformed),
    };
    let number = |text: Option<&str>, shortest: usize, longest: usize| {
        let text = text.filter(|text| (shortest..=longest).contains(&text.len()))?;
        text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = number(text.get(..4), 4, 4);
    let (Some(year), Some(month), Some(day), None) =
        (year, number(month, shortest, 2), number(day, shortest, 2), rest)
    else {
        return Err(NoDate::Malformed);
    };
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    let date = date.ok_or(NoDate::Malformed)?;
    if crate::policy::is_in_range(date) { Ok(date) } else { Err(NoDate::OutOfRange) }
}

/// Whether the text is a period: `2016` `2016-H1` `2016-Q3` `2016-04`, 1900 to 2199.
pub(super) fn is_period(text: &str) -> bool {
    let (year, part) = match text.split_once('-') {
        Some((year, part)) => (year, Some(part)),
        None => (text, None),
    };
    let year_fits = year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit())
        && year.parse().is_ok_and(|year: u32| (1900..=2199).contains(&year));
    let part_fits = |part: &str| match part.as_bytes() {
        [b'H', half] => (b'1'..=b'2').contains(half),
        [b'Q', quarter] => (b'1'..=b'4').contains(quarter),
        [b'0', month] => (b'1'..=b'9').contains(month),
        [b'1', month] => (b'0'..=b'2').contains(month),
        _ => false,
    };
    year_fits && part.is_none_or(part_fits)
}

/// The items of a list, trimmed; empty ones are dropped.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；']).map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_three_ways() {
        let day = NaiveDate::from_ymd_opt(2016, 4, 5).unwrap();
        for text in ["2016-04-05", "2016/4/5", "2016/04/5", "2016.4.5", "2016.04.05"] {
            assert_eq!(date(text), Ok(day), "{text}");
        }
        for text in [
            "",
            "2016",
            "2016-4-5",
            "2016-04-5",
            "2016/4.5",
            "2016-04-05-",
            "2016/004/5",
            "16/4/5",
            "2016/+4/5",
            "2016-02-30",
            "2016-13-01",
            "20160405",
            "2016年4月5日",
            "２016-04-05",
            "2016-04-05 10:00",
        ] {
            assert_eq!(date(text), Err(NoDate::Malformed), "{text}");
        }
    }

    #[test]
    fn dates_go_from_1900_to_2199() {
        assert!(date("1900-01-01").is_ok() && date("2199.12.31").is_ok());
        assert_eq!(date("1899-12-31"), Err(NoDate::OutOfRange));
        assert_eq!(date("2200/1/1"), Err(NoDate::OutOfRange));
    }

    #[test]
    fn periods_are_years_halves_quarters_and_months() {
        for text in ["2016", "1900", "2199-12", "2016-H1", "2016-H2", "2016-Q4", "2016-10", "2016-09"] {
            assert!(is_period(text), "{text}");
        }
        for text in [
            "",
            "1899",
            "2200",
            "2016-",
            "2016-H3",
            "2016-H0",
            "2016-Q5",
            "2016-13",
            "2016-00",
            "2016-4",
            "16",
            "2016-h1",
            "2016-04-01",
        ] {
            assert!(!is_period(text), "{text}");
        }
    }

    #[test]
    fn lists_are_parted_by_either_semicolon() {
        assert_eq!(items(" a ；;b; ；").collect::<Vec<_>>(), ["a", "b"]);
    }
}
