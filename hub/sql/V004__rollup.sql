-- What the items come to, and what goes on from here.

-- Exact sums, one row an ancestor and month, moved by differences in the transaction of what caused them: of the
-- units below it, for what a unit has of its own stands in its items already.
-- `flows`: of the month. `stocks`: their change since the months before. A sum of nothing has no bytes.
CREATE TABLE rollup (
    id     INTEGER PRIMARY KEY,
    unit   TEXT NOT NULL,
    month  INTEGER NOT NULL,
    flows  BLOB NOT NULL,
    stocks BLOB NOT NULL,
    UNIQUE (unit, month)
) STRICT;

-- What this hub tells the hub above: absolute values, rewritten only when they or what they were made of change.
CREATE TABLE onward (
    id      INTEGER PRIMARY KEY,
    kind    INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    subkey  BLOB NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (kind, unit, subkey)
) STRICT;

-- The queue of each other end: every key that it is to have, at the mark of its latest change. Never trimmed, so
-- that an end that was restored is filled again. The body stands in `published` for a child, in `onward` for the parent.
CREATE TABLE outgoing (
    replica INTEGER NOT NULL REFERENCES replica (id),
    kind    INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    subkey  BLOB NOT NULL,
    mark    INTEGER NOT NULL CHECK (mark >= 1),
    PRIMARY KEY (replica, kind, unit, subkey)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outgoing_mark ON outgoing (replica, mark);

-- Where batches were cut, written before they were sent: an end that tells one of these points is served from there.
-- Several chains may stand for one `through`.
CREATE TABLE cut (
    replica     INTEGER NOT NULL REFERENCES replica (id),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    through     INTEGER NOT NULL CHECK (through >= 1),
    chain       BLOB NOT NULL CHECK (length(chain) = 32),
    cut_at      TEXT NOT NULL,
    PRIMARY KEY (replica, incarnation, through, chain)
) STRICT, WITHOUT ROWID;

-- What another end did not take of ours, as its acknowledgements told.
CREATE TABLE refused_there (
    replica  INTEGER NOT NULL REFERENCES replica (id),
    kind     INTEGER NOT NULL,
    unit     TEXT NOT NULL,
    subkey   BLOB NOT NULL,
    revision INTEGER NOT NULL,
    reason   INTEGER NOT NULL,
    detail   TEXT NOT NULL,
    PRIMARY KEY (replica, kind, unit, subkey)
) STRICT, WITHOUT ROWID;

-- The trail: one entry an act, each holding the hash of the one before.
CREATE TABLE audit (
    number   INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    act      TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
