calendar-missing-column = the column “{ $column }” is missing
calendar-unreadable = this line is no proper CSV
calendar-no-date = “{ $found }” is no date; write 2026-10-01, years 1900 to 2199
calendar-empty = “{ $column }” is not filled
calendar-not-true-or-false = “{ $found }” must be true (day off) or false (working day)
calendar-no-year = “{ $found }” is not the year of a notice; it is the date's year or one beside it
calendar-repeated = { $found } is listed twice
calendar-no-rows = the file lists no date

note-no-festival = the festival “{ $festival }” does not fall in { $year } (no notice of that year yet, the notice does not name it, or the year lacks the day)
