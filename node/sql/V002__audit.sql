-- The trail: one entry a change, written in the change's own transaction, each holding the hash of the one before.
-- `hashes` has, for each name in `fields`, the 32 bytes of SHA-256(salt, name, new value): the entry proves what was
-- written without saying it.
CREATE TABLE audit (
    number   INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,
    act      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    record   TEXT NOT NULL,
    fields   TEXT NOT NULL,
    hashes   BLOB NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_record ON audit (kind, record);

-- What stood there before, and the salt of the entry. Erasing rows here removes personal data for good
-- and leaves the chain whole.
CREATE TABLE history (
    entry INTEGER PRIMARY KEY REFERENCES audit (number),
    salt  BLOB NOT NULL CHECK (length(salt) = 16),
    -- A JSON object of field and old value; only fields that held something.
    old   TEXT NOT NULL
) STRICT;
