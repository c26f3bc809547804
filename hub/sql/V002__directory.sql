-- What is true of units, policies and calendars here, and what goes down to whom.

CREATE TABLE unit (
    id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The dated attributes of a unit, in order of time. A parent may arrive after its child, so it is no foreign key.
CREATE TABLE unit_span (
    unit   TEXT NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    nth    INTEGER NOT NULL CHECK (nth >= 0),
    begins TEXT CHECK (date(begins) IS begins),
    ends   TEXT CHECK (date(ends) IS ends),
    code   TEXT NOT NULL,
    name   TEXT NOT NULL,
    level  TEXT NOT NULL CHECK (level IN ('village', 'township', 'county', 'city', 'province', 'department', 'employer')),
    parent TEXT CHECK (parent <> unit),
    PRIMARY KEY (unit, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_successor (
    unit      TEXT NOT NULL REFERENCES unit (id) ON DELETE CASCADE,
    nth       INTEGER NOT NULL CHECK (nth >= 0),
    successor TEXT NOT NULL,
    PRIMARY KEY (unit, nth)
) STRICT, WITHOUT ROWID;

-- Flattened policies; number and digest are the issuing hub's version.
CREATE TABLE policy (
    writer TEXT NOT NULL,
    id     TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    toml   TEXT NOT NULL,
    PRIMARY KEY (writer, id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignment (
    unit   TEXT NOT NULL,
    serial INTEGER NOT NULL CHECK (serial >= 1),
    policy TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    begins TEXT NOT NULL CHECK (date(begins) IS begins),
    ends   TEXT CHECK (date(ends) IS ends),
    PRIMARY KEY (unit, serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar (
    year INTEGER PRIMARY KEY,
    csv  TEXT NOT NULL
) STRICT;

-- Keys of hubs above, as the parent vouched for them.
CREATE TABLE vouched_key (
    public  BLOB PRIMARY KEY CHECK (length(public) = 32),
    key_id  BLOB NOT NULL UNIQUE CHECK (length(key_id) = 32),
    unit    TEXT NOT NULL,
    role    TEXT NOT NULL CHECK (role IN ('node', 'hub')),
    revoked INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- What goes down, as it travels: the writer's proof around the payload, ours or relayed byte for byte.
CREATE TABLE published (
    kind    INTEGER NOT NULL,
    unit    TEXT NOT NULL,
    subkey  BLOB NOT NULL,
    version INTEGER NOT NULL,
    body    BLOB NOT NULL,
    PRIMARY KEY (kind, unit, subkey)
) STRICT, WITHOUT ROWID;
