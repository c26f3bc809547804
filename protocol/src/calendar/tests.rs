use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_shipped_notices_are_whole() {
    let calendar = Calendar::parse(include_str!("../../data/holidays-cn.csv")).unwrap();
    assert!(calendar.years().eq(2004..=2026));
    assert_eq!(calendar.days.len(), 776);
    assert!(calendar.has_data(2026) && !calendar.has_data(2027) && !calendar.has_data(2003));
}

#[test]
fn a_listed_date_is_as_the_notice_says_and_others_follow_the_week() {
    let calendar = Calendar::shipped();
    for (day, working) in [
        ("2026-10-01", false), // Thursday, National Day
        ("2020-02-03", true),  // a Monday that a notice lists as a working day
        ("2005-12-31", true),  // Saturday swapped by the notice of the next year
        ("2018-12-29", true),
        ("2018-12-31", false),
        ("2027-10-01", true), // no notice yet: a Friday
        ("2027-10-02", false),
    ] {
        assert_eq!(calendar.is_working_day(date(day)), working, "{day}");
    }
    assert!(
        matches!(calendar.reason(date("2018-12-31")), DayReason::Notice(listed) if listed.notice == 2019)
    );
    assert_eq!(calendar.reason(date("2027-10-02")), DayReason::Weekend);
}

#[test]
fn working_days_are_added_and_counted_from_the_day_after() {
    let calendar = Calendar::shipped();
    for (start, count, end) in [
        ("2026-09-30", 0, "2026-09-30"),
        ("2026-10-03", 0, "2026-10-03"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2018-12-28", 1, "2018-12-29"),
        ("2018-12-28", 2, "2019-01-02"),
        ("2027-01-01", 5, "2027-01-08"),
    ] {
        assert_eq!(calendar.add_working_days(date(start), count), date(end), "{start} + {count}");
        if count > 0 {
            let between = calendar.working_days_between(date(start), date(end));
            assert_eq!(u32::try_from(between).unwrap(), count, "{start} to {end}");
        }
    }
    assert_eq!(calendar.working_days_between(date("2026-10-08"), date("2026-10-08")), 0);
    assert_eq!(calendar.next_working_day(date("2026-10-02")), date("2026-10-08"));
}

#[test]
fn a_festival_falls_on_the_first_day_off_that_its_notice_gives_it() {
    let calendar = Calendar::shipped();
    for (name, year, day) in [
        ("元旦", 2019, Some("2018-12-30")),
        ("元旦", 2018, Some("2018-01-01")),
        ("元旦", 2006, Some("2006-01-01")), // 2005-12-31 is listed, as a working day
        ("中秋节", 2020, Some("2020-10-01")),
        ("春节", 2027, None),
        ("抗战胜利纪念日", 2016, None),
        ("中秋节;国庆节", 2020, None),
    ] {
        assert_eq!(calendar.festival(name, year), day.map(date), "{name} of {year}");
    }
    assert!(calendar.holiday_known("端午节") && !calendar.holiday_known("教师节"));
}

#[test]
fn a_newer_notice_replaces_the_older_one_whole() {
    let newer = "date,name,holiday,is_day_off,year\n2026-10-02,国庆节,国庆节,true,2026\n2027-01-01,元旦,元旦,true,2027\n";
    let newer = Calendar::parse(newer).unwrap();
    let merged = Calendar::shipped().updated_by(&newer);
    assert_eq!(merged.notice(2026).count(), 1);
    assert!(merged.is_working_day(date("2026-10-01")), "the revised notice takes the day back");
    assert!(merged.has_data(2027) && merged.has_data(2025));
}

#[test]
fn every_fault_of_a_file_is_named_with_its_place() {
    let faults = Calendar::parse(
        "\u{feff}year,date,holiday,is_day_off,more\n2027,2027-1-1,元旦,true,\n2027,2027-01-02,,perhaps,x\n\
         2029,2027-01-03,元旦,true,\n2027,2027-01-04,元旦,true,\n2027,2027-01-04,元旦,false,\n",
    )
    .unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| (fault.line, fault.column)).collect();
    assert_eq!(places, [(2, "date"), (3, "holiday"), (3, "is_day_off"), (4, "year"), (6, "date")]);
    assert_eq!(faults[4].to_string(), "6:date: 2027-01-04 is listed twice");

    let faults = Calendar::parse("date,holiday\n").unwrap_err();
    assert_eq!(faults.len(), 2);
    for (text, line) in [("", 1), ("date,holiday,is_day_off,year\n", 1)] {
        assert_eq!(Calendar::parse(text).unwrap_err()[0].line, line);
    }
}

#[test]
fn a_notice_survives_its_text() {
    let shipped = Calendar::shipped();
    for year in shipped.years() {
        let read = Calendar::parse(&shipped.notice_text(year)).expect("it reads");
        let days = |calendar: &Calendar| -> Vec<_> {
            calendar.notice(year).map(|(date, listed)| (date, listed.clone())).collect()
        };
        assert_eq!(days(&read), days(shipped), "{year}");
    }
}
