-- Ends of the audit chain as they went up. What the hub acknowledged is what the chain must still hold.
CREATE TABLE anchor_sent (
    -- Of the row that carried it.
    mark         INTEGER PRIMARY KEY,
    entries      INTEGER NOT NULL CHECK (entries >= 0),
    head         BLOB NOT NULL CHECK (length(head) = 32),
    acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged IN (0, 1))
) STRICT;
