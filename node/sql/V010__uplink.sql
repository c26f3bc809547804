-- The link to the hub above: who we are there, what goes up, how far it got, where we stand with what comes down.

-- Keys and certificates, the hub's address and authority, the current incarnation: one row a thing.
CREATE TABLE link_setting (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One counter of marks for the whole store; it only rises.
CREATE TABLE mark (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL CHECK (last >= 0)
) STRICT;
INSERT INTO mark (one, last) VALUES (1, 0);

-- What goes up, one row a key. Its mark is its revision; a superseded revision is not kept.
CREATE TABLE uplink_row (
    kind    INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    subkey  BLOB NOT NULL,
    version INTEGER NOT NULL,
    mark    INTEGER NOT NULL UNIQUE CHECK (mark > 0),
    body    BLOB NOT NULL,
    PRIMARY KEY (kind, unit, subkey)
) STRICT, WITHOUT ROWID;

-- Where each batch ended that was ever cut, written before it is sent; abandoned ones included.
CREATE TABLE cut_record (
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    through     INTEGER NOT NULL,
    chain       BLOB NOT NULL CHECK (length(chain) = 32),
    cut_ms      INTEGER NOT NULL,
    PRIMARY KEY (incarnation, through, chain)
) STRICT, WITHOUT ROWID;

-- Lives of this store, oldest first; the last one is current.
CREATE TABLE incarnation (
    number      INTEGER PRIMARY KEY,
    incarnation BLOB NOT NULL UNIQUE CHECK (length(incarnation) = 16),
    opened_ms   INTEGER NOT NULL
) STRICT;

-- Rows that the hub did not take, with its reason; gone when a later revision of the row is taken.
CREATE TABLE refused_row (
    kind       INTEGER NOT NULL,
    unit       TEXT NOT NULL,
    subkey     BLOB NOT NULL,
    revision   INTEGER NOT NULL,
    reason     INTEGER NOT NULL,
    detail     TEXT NOT NULL,
    refused_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, unit, subkey)
) STRICT, WITHOUT ROWID;

-- Where we stand with what comes down, one row an incarnation of the hub.
CREATE TABLE down_position (
    ordinal     INTEGER PRIMARY KEY,
    incarnation BLOB NOT NULL UNIQUE CHECK (length(incarnation) = 16),
    cursor      INTEGER NOT NULL,
    chain       BLOB NOT NULL CHECK (length(chain) = 32),
    whole       INTEGER NOT NULL CHECK (whole IN (0, 1))
) STRICT;

-- What came down, as received, with its writer's proof. `aside`: of an older life of the hub, not sent again.
CREATE TABLE down_item (
    kind     INTEGER NOT NULL,
    unit     TEXT NOT NULL,
    subkey   BLOB NOT NULL,
    ordinal  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    bytes    BLOB NOT NULL,
    aside    INTEGER NOT NULL DEFAULT 0 CHECK (aside IN (0, 1)),
    PRIMARY KEY (kind, unit, subkey)
) STRICT, WITHOUT ROWID;
