-- What a hub publishes: policies, which unit is under which, the directory, notices of holidays.
-- Each row is the latest that is known; where it came from on the link is the link's to remember.

-- A version of a policy: the issuing hub's number (0: chosen here by `init --policy`) and the digest of the text.
CREATE TABLE policy (
    id     TEXT NOT NULL CHECK (id <> ''),
    number INTEGER NOT NULL CHECK (number >= 0),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    toml   TEXT NOT NULL,
    PRIMARY KEY (id, number, digest)
) STRICT, WITHOUT ROWID;

-- The text may arrive after its assignment: no reference is enforced.
CREATE TABLE assignment (
    unit      TEXT NOT NULL,
    serial    INTEGER NOT NULL CHECK (serial >= 0),
    policy    TEXT NOT NULL,
    number    INTEGER NOT NULL CHECK (number >= 0),
    digest    BLOB NOT NULL CHECK (length(digest) = 32),
    begins_on TEXT NOT NULL CHECK (date(begins_on) IS begins_on),
    ends_on   TEXT CHECK (date(ends_on) IS ends_on),
    -- The office's own choice, dropped when the first assignment arrives from a hub.
    local     INTEGER NOT NULL CHECK (local IN (0, 1)),
    PRIMARY KEY (unit, serial, local)
) STRICT, WITHOUT ROWID;

-- A unit with its dated attributes, as JSON.
CREATE TABLE directory_entry (
    unit  TEXT PRIMARY KEY,
    entry TEXT NOT NULL CHECK (json_valid(entry))
) STRICT, WITHOUT ROWID;

-- A year's notice that is newer than the shipped one, laid out as the shipped file.
CREATE TABLE calendar_notice (
    year INTEGER PRIMARY KEY CHECK (year BETWEEN 1900 AND 2199),
    days TEXT NOT NULL
) STRICT;
