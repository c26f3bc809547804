-- Who reports, one row a unit with everything below it, moved by differences: whoever asks need not look at every office.
CREATE TABLE attendance (
    unit TEXT PRIMARY KEY,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row, once it was counted: by the places of that day, under that territory.
CREATE TABLE attendance_counted (
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    day       TEXT NOT NULL CHECK (date(day) IS day),
    territory INTEGER NOT NULL CHECK (territory >= 0)
) STRICT;
