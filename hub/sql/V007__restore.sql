-- What a restore leaves to be seen to.

-- Months of which a child's earlier life had reported more than its present one has: put aside at its full-state-end, or
-- sent again with less. They stay until the month has as much again, or somebody says that it is right as it is.
CREATE TABLE missing (
    replica INTEGER NOT NULL REFERENCES replica (id),
    unit    TEXT NOT NULL,
    subkey  BLOB NOT NULL,
    -- The figures that were known, as the child is told of them.
    body    BLOB NOT NULL,
    since   TEXT NOT NULL,
    PRIMARY KEY (replica, unit, subkey)
) STRICT, WITHOUT ROWID;
