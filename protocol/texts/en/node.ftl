# zhuji-node: helps of commands, and what they tell

help-node = Zhuji node: records the work of liaison with talents at an office, with or without a network
help-node-completions = Print a script for a shell's completion

arg-store = The store's file
arg-operator = Who acts, for the audit trail
arg-today = Take this day for today (for rehearsals)
arg-shell = The shell

store-not-named = no store was named: use --store FILE, or set ZHUJI_STORE

date-shape = a date is written 2026-03-02, 2026/3/2 or 2026.3.2
date-no-such-day = the calendar has no such day
date-out-of-range = years go from 1900 to 2199
