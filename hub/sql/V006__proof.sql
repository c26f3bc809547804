-- What proves a past: the protocol version agreed with each end, and the audit chains of children as they were told.

ALTER TABLE replica ADD COLUMN version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1);

-- The day by which who reports was told to the hub above last: the rows follow from the items and from this day.
ALTER TABLE hub ADD COLUMN attended TEXT CHECK (date(attended) IS attended);

-- Every head of a child's audit chain that came, for ever. A chain that was written anew does not fit one of these.
CREATE TABLE anchor (
    replica        INTEGER NOT NULL REFERENCES replica (id),
    -- The life of the child's store, and the revision under which the anchor came.
    ordinal        INTEGER NOT NULL CHECK (ordinal >= 1),
    revision       INTEGER NOT NULL CHECK (revision >= 1),
    entries        INTEGER NOT NULL CHECK (entries >= 0),
    head           BLOB NOT NULL CHECK (length(head) = 32),
    -- What the child said its chain has at the entry that was acknowledged last.
    before_entries INTEGER CHECK (before_entries >= 0),
    before_head    BLOB CHECK (length(before_head) = 32),
    received       TEXT NOT NULL,
    finding        TEXT NOT NULL CHECK (finding IN ('follows', 'restored', 'rewritten')),
    -- The hash over this row and the one before of the same child.
    link           BLOB NOT NULL CHECK (length(link) = 32),
    PRIMARY KEY (replica, ordinal, revision),
    CHECK ((before_entries IS NULL) = (before_head IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX anchor_entries ON anchor (replica, entries);
