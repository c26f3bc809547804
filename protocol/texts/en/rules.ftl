calendar-missing-column = the column “{ $column }” is missing
calendar-unreadable = this line is no proper CSV
calendar-no-date = “{ $found }” is no date; write 2026-10-01, years 1900 to 2199
calendar-empty = “{ $column }” is not filled
calendar-not-true-or-false = “{ $found }” must be true (day off) or false (working day)
calendar-no-year = “{ $found }” is not the year of a notice; it is the date's year or one beside it
calendar-repeated = { $found } is listed twice
calendar-no-rows = the file lists no date

note-no-festival = the festival “{ $festival }” does not fall in { $year } (no notice of that year yet, the notice does not name it, or the year lacks the day)

explain-no-rule = the policy has no rule “{ $rule }”
explain-no-verdict = the rule “{ $rule }” gives no verdict on “{ $subject }” in this window
explain-several = several verdicts fit; name one by --item and --period:{ $fitting }

step-weekday = { $weekday ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}

step-rule = { $title } ({ $clause })
step-assumed = something here is not in the document and was chosen: { $why }
step-assumed-keys = { $keys } of this rule is not in the document and was chosen: { $why }
step-start-effective = runs from { $on }, when the policy takes effect
step-start-taken-up = runs from { $on }, the later of the subject's own { $from } and the policy's { $effective }
step-start-active = runs from { $on }, the first day of the period in force on which the subject is active
step-start-in-force = runs from { $on }, the first day of the period in force
step-start-occasion = runs from { $on }, { $days } days before { $occasion }
step-start-case = runs from { $on }, when it was { $step ->
    [received] received
    [accepted] accepted
    [dispatched] dispatched
    [delivered] delivered
    [answered] answered
   *[fed-back] fed back
}
step-start-happened = runs from { $on }, when it happened
step-start-anniversary = runs from { $on }, 180 days before { $anniversary }, { $years } years after the pairing began on { $base }
step-start-cycle = runs from { $on }, 180 days before { $anniversary }, { $years } years after the common first day { $base }
step-start-leader-left = runs from { $on }, the day after the leader's post ended on { $to }
step-limit-grace = limit: { $count } days after the start
step-limit-period-end = limit: the period's last day
step-limit-last-active = limit: the last day of the period on which the subject is active
step-limit-occasion = limit: { $count } days after the day itself
step-limit-before-occasion = limit: { $count } days before the day itself
step-limit-working-days = limit: working day { $count } after the start, which is not counted
step-limit-days = limit: { $count } days after the start, which is { $on }
step-limit-months = limit: { $count } months after the start, which is { $on }
step-limit-after-period = limit: { $count } days after the period's end
step-limit-month-day = limit: the month and day that the rule names
step-limit-named = limit: the date that the rule names
step-limit-anniversary = limit: { $count } days after the anniversary
step-limit-leader-left = limit: { $count } days after the leader's last day
step-counted = { $on } ({ step-weekday }) is working day { $number }
step-counted-notice = { $on } ({ step-weekday }) is working day { $number }: a working day by the notice of { $year } ({ $holiday })
step-skipped = { $on } ({ step-weekday }) is not counted: a weekend
step-skipped-notice = { $on } ({ step-weekday }) is not counted: a day off by the notice of { $year } ({ $holiday })
step-rolled = { $from } is no working day; moved to { $to }
step-due = due { $on }
step-due-provisional = due { $on }, provisionally: a year on the way has no notice yet; computed again when it is out
step-required-one = one is asked
step-required-at-least = at least { $min }
step-required-between = not fewer than { $min }, not more than { $max }
step-required-whole = { $required } asked: active for the whole period
step-required-share = { $required } asked: { $min } × { $active } ÷ { $days } = { $exact }, rounded half up
step-required-full = { $required } asked: active on { $active } of { $days } days, asked in full
step-record = counted: { $record ->
    [talent] talent left
    [pairing] pairing
    [contact] contact
    [case] step of case
    [event] report of event
    [service] service record
    [report] report
    [liaison] liaison of unit
   *[review] roster review of unit
} { $id }, { $on }
step-status-exempt = exempt: { $reason }
step-status-holds = met: as of { $as-of }, { $required } asked, { $actual } there
step-status-in-time = met: done { $done }
step-status-after-due = late: done { $done }, after the due date
step-status-not-yet-due = pending: not yet due on { $as-of }; { $required } asked, { $actual } so far
step-status-aim = pending: an aim; { $required } asked, { $actual } there, never overdue
step-status-past-due = overdue: as of { $as-of }, { $required } asked, { $actual } counted

help-node-evaluate = judge a folder of facts by a policy (dry run, check)
help-node-explain = tell step by step why a verdict is what it is: of this office today, or of a policy and a folder of facts
help-node-workdays = reckon working days by the published notices
help-node-workdays-add = the N-th working day after a date, which is not counted (N = 0 is the date)
help-node-workdays-between = how many working days lie after A up to and with B
arg-node-evaluate-policy = the policy: the id of a built-in one, or a file (has “/” or ends in .toml)
arg-node-evaluate-facts = the folder of facts (CSV)
arg-node-evaluate-as-of = the day on which it is judged
arg-node-evaluate-from = the first day of the window, by default 1 January of the year before
arg-node-evaluate-calendar = a file of newer notices
arg-node-explain-policy = the policy: the id of a built-in one, or a file (has “/” or ends in .toml)
arg-node-explain-facts = the folder of facts (CSV)
arg-node-explain-as-of = the day on which it is judged
arg-node-explain-from = the first day of the window, by default 1 January of the year before
arg-node-explain-calendar = a file of newer notices
arg-node-explain-rule = the rule's id
arg-node-explain-subject = the subject's id
arg-node-explain-item = the item, where there are several verdicts
arg-node-explain-period = the period, where there are several verdicts
arg-node-workdays-calendar = a file of newer notices
arg-node-workdays-add-date = the date to begin with
arg-node-workdays-add-count = how many working days
arg-node-workdays-between-after = the first date (not counted)
arg-node-workdays-between-through = the last date (counted)

evaluate-from-after-as-of = --from { $from } lies after --as-of { $as-of }
workdays-wrong-order = { $after } lies after { $through }
input-not-there = there is no such file or folder
input-unreadable = cannot be read: { $why }
input-not-utf8 = the file is not UTF-8

column-rule = rule
column-kind = kind
column-clause = clause
column-subject_type = subject type
column-subject_id = subject
column-item = item
column-period = period
column-start = start
column-due = due
column-done = done
column-required = required
column-actual = actual
column-status = status
column-assumed = assumed
column-calendar = calendar
column-expected = expected
column-met = met
column-late = late
column-overdue = overdue
column-pending = pending
column-exempt = exempt
column-step = step
column-date = date
column-text = text

status-met = met
status-late = late
status-overdue = overdue
status-pending = pending
status-exempt = exempt
status-mark-assumed = {" "}(assumed)
status-mark-plain = {" "}(provisional)

step-word-rule = rule
step-word-assumed = assumed
step-word-start = start
step-word-limit = limit
step-word-counted = counted
step-word-skipped = skipped
step-word-rolled = moved
step-word-due = due
step-word-required = required
step-word-record = record
step-word-status = verdict
