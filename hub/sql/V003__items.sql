-- What came, from whom, and how it is proved.

-- How far a sender has got, one row for each of its lives. The highest ordinal is the present one; an older one
-- that speaks again is a copy.
CREATE TABLE position (
    replica     INTEGER NOT NULL REFERENCES replica (id),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 1),
    cursor      INTEGER NOT NULL CHECK (cursor >= 0),
    chain       BLOB NOT NULL CHECK (length(chain) = 32),
    whole       INTEGER NOT NULL CHECK (whole IN (0, 1)),
    PRIMARY KEY (replica, incarnation),
    UNIQUE (replica, ordinal)
) STRICT, WITHOUT ROWID;

-- One signature a batch: stored once, and kept as long as one of its items is.
CREATE TABLE batch (
    id          INTEGER PRIMARY KEY,
    replica     INTEGER NOT NULL REFERENCES replica (id),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    after       INTEGER NOT NULL CHECK (after >= 0),
    through     INTEGER NOT NULL CHECK (through > after),
    key_id      BLOB NOT NULL CHECK (length(key_id) = 32),
    root        BLOB NOT NULL CHECK (length(root) = 32),
    signature   BLOB NOT NULL CHECK (length(signature) = 64),
    -- The leaf hashes one after another.
    leaves      BLOB NOT NULL CHECK (length(leaves) > 0 AND length(leaves) % 32 = 0),
    -- Items that still stand here.
    standing    INTEGER NOT NULL CHECK (standing >= 0)
) STRICT;

-- The latest revision of each key, for each sender, as received. Rows have a number, since a table that is clustered by
-- its key puts rows of this length on two pages each; `batch` is no foreign key, since each that goes would look for
-- its items everywhere: `standing` counts them.
CREATE TABLE item (
    id       INTEGER PRIMARY KEY,
    replica  INTEGER NOT NULL REFERENCES replica (id),
    kind     INTEGER NOT NULL,
    unit     TEXT NOT NULL,
    subkey   BLOB NOT NULL,
    ordinal  INTEGER NOT NULL CHECK (ordinal >= 1),
    revision INTEGER NOT NULL CHECK (revision >= 1),
    batch    INTEGER NOT NULL,
    nth      INTEGER NOT NULL CHECK (nth >= 0),
    leaf     BLOB NOT NULL CHECK (length(leaf) = 32),
    bytes    BLOB NOT NULL,
    -- 1: of a life before a restore, and not sent again since. It counts for nothing.
    aside    INTEGER NOT NULL DEFAULT 0 CHECK (aside IN (0, 1)),
    UNIQUE (replica, kind, unit, subkey)
) STRICT;
CREATE INDEX item_unit ON item (kind, unit);

-- Items that were not taken: the sender is told, and asked again when the answer may have changed.
CREATE TABLE refused (
    replica  INTEGER NOT NULL REFERENCES replica (id),
    kind     INTEGER NOT NULL,
    unit     TEXT NOT NULL,
    subkey   BLOB NOT NULL,
    revision INTEGER NOT NULL,
    reason   INTEGER NOT NULL,
    detail   TEXT NOT NULL,
    at       TEXT NOT NULL,
    -- The territory under which it was judged last.
    judged   INTEGER NOT NULL,
    PRIMARY KEY (replica, kind, unit, subkey)
) STRICT, WITHOUT ROWID;
