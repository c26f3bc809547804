-- The hub itself, the replicas that it knows, and what lets them in.
-- A date is text, YYYY-MM-DD; a moment is text, RFC 3339 in UTC. Keys, hashes and signatures are raw bytes.

-- One row: this hub.
CREATE TABLE hub (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    unit        TEXT NOT NULL,
    -- Host and port under which children reach it; tokens carry it.
    address     TEXT NOT NULL,
    ca_key      BLOB NOT NULL,
    ca_cert     BLOB NOT NULL,
    key         BLOB NOT NULL,
    cert        BLOB NOT NULL,
    -- Raised by every change of directory, assignments, policies and child hubs: what is cached is checked by it.
    territory   INTEGER NOT NULL DEFAULT 0 CHECK (territory >= 0),
    -- The one counter of dirty marks; a row's mark is its revision.
    mark        INTEGER NOT NULL DEFAULT 0 CHECK (mark >= 0),
    -- The latest moment known here: certificate dates are checked against the later of it and the system clock.
    latest      TEXT NOT NULL,
    created     TEXT NOT NULL
) STRICT;

-- Every key that this hub ever signed with: what it published stays provable.
CREATE TABLE own_key (
    public BLOB PRIMARY KEY CHECK (length(public) = 32),
    since  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens stand here hashed: whoever reads the store cannot enrol with it.
CREATE TABLE token (
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32),
    unit     TEXT NOT NULL,
    role     TEXT NOT NULL CHECK (role IN ('node', 'hub')),
    issued   TEXT NOT NULL,
    expires  TEXT NOT NULL,
    -- The id of the key that was enrolled with it.
    used_by  BLOB CHECK (length(used_by) = 32),
    used_at  TEXT,
    CHECK ((used_by IS NULL) = (used_at IS NULL))
) STRICT, WITHOUT ROWID;

-- Units from whose node figures are expected: from the first token that was issued for it.
CREATE TABLE expected (
    unit  TEXT PRIMARY KEY,
    since TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The other ends of links: children below, and the one hub above.
CREATE TABLE replica (
    id           INTEGER PRIMARY KEY,
    unit         TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('node', 'hub')),
    side         TEXT NOT NULL CHECK (side IN ('child', 'parent')),
    enrolled     TEXT NOT NULL,
    last_contact TEXT,
    process      BLOB CHECK (length(process) = 16),
    program      TEXT,
    skew_seconds INTEGER,
    -- The highest mark that it told of: its lag is this less the cursor.
    head         INTEGER NOT NULL DEFAULT 0 CHECK (head >= 0),
    -- What this hub sends it: the life of that queue, and how far it is acknowledged.
    incarnation  BLOB NOT NULL CHECK (length(incarnation) = 16),
    acknowledged INTEGER NOT NULL DEFAULT 0 CHECK (acknowledged >= 0),
    UNIQUE (unit, role)
) STRICT;
CREATE UNIQUE INDEX one_parent ON replica (side) WHERE side = 'parent';

-- Lives of our queues that we left behind: an end that names one of these has only not heard of the present one.
CREATE TABLE past_life (
    replica     INTEGER NOT NULL REFERENCES replica (id),
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    PRIMARY KEY (replica, incarnation)
) STRICT, WITHOUT ROWID;

-- Every key that a replica ever had, kept for ever: old signatures stay provable.
-- `replaced`: retired by a re-enrolment or a renewal that was used; `revoked`: banned by a person.
CREATE TABLE replica_key (
    public   BLOB PRIMARY KEY CHECK (length(public) = 32),
    key_id   BLOB NOT NULL UNIQUE CHECK (length(key_id) = 32),
    replica  INTEGER NOT NULL REFERENCES replica (id),
    standing TEXT NOT NULL CHECK (standing IN ('active', 'replaced', 'revoked')),
    since    TEXT NOT NULL,
    cert     BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX replica_key_replica ON replica_key (replica);

-- How this hub reaches the hub above it. The certificate is the parent's for our key.
CREATE TABLE uplink (
    replica INTEGER PRIMARY KEY REFERENCES replica (id),
    address TEXT NOT NULL,
    ca_cert BLOB NOT NULL,
    cert    BLOB NOT NULL
) STRICT;
