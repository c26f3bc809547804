-- What an office records. Columns carry the words of the facts folder; `begins_on` and `ends_on` are its
-- `from` and `to` (SQL keeps those words). `number` is the order of entry, `id` what people and files say.
-- Lists of words are one text with `;` between, as in the folder: no word may contain one.
-- A date is text, YYYY-MM-DD; date(x) IS x refuses days that the calendar does not have.

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The next number for ids made here, one row a kind of record.
CREATE TABLE serial (
    kind TEXT PRIMARY KEY,
    next INTEGER NOT NULL CHECK (next >= 1)
) STRICT, WITHOUT ROWID;

-- Units known here besides the directory: private members, and units of an imported folder.
CREATE TABLE unit (
    number INTEGER PRIMARY KEY,
    code   TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name   TEXT NOT NULL,
    level  TEXT NOT NULL CHECK (level IN ('village', 'township', 'county', 'city', 'province', 'department', 'employer')),
    parent TEXT,
    -- A private member is judged here and nowhere else; 1 until it closes.
    member INTEGER NOT NULL DEFAULT 0 CHECK (member IN (0, 1)),
    closed_on TEXT CHECK (date(closed_on) IS closed_on)
) STRICT;

CREATE TABLE leader (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name      TEXT NOT NULL,
    sex       TEXT NOT NULL,
    unit      TEXT,
    post      TEXT NOT NULL,
    body      TEXT NOT NULL,
    portfolio TEXT NOT NULL,
    phone     TEXT NOT NULL,
    groups    TEXT NOT NULL,
    begins_on TEXT CHECK (date(begins_on) IS begins_on),
    ends_on   TEXT CHECK (date(ends_on) IS ends_on),
    CHECK (begins_on IS NULL OR ends_on IS NULL OR begins_on <= ends_on)
) STRICT;

CREATE TABLE talent (
    number     INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE CHECK (id <> ''),
    name       TEXT NOT NULL,
    sex        TEXT NOT NULL,
    unit       TEXT,
    post       TEXT NOT NULL,
    title      TEXT NOT NULL,
    phone      TEXT NOT NULL,
    categories TEXT NOT NULL,
    class      TEXT,
    begins_on  TEXT CHECK (date(begins_on) IS begins_on),
    ends_on    TEXT CHECK (date(ends_on) IS ends_on),
    end_reason TEXT NOT NULL,
    CHECK (begins_on IS NULL OR ends_on IS NULL OR begins_on <= ends_on)
) STRICT;

-- nominated -> confirmed -> agreed -> active; `dropped` never became active. Ended is an active one with a last day.
CREATE TABLE pairing (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE CHECK (id <> ''),
    leader       TEXT NOT NULL REFERENCES leader (id) ON UPDATE CASCADE,
    talent       TEXT NOT NULL REFERENCES talent (id) ON UPDATE CASCADE,
    stage        TEXT NOT NULL CHECK (stage IN ('nominated', 'confirmed', 'agreed', 'active', 'dropped')),
    nominated_on TEXT CHECK (date(nominated_on) IS nominated_on),
    confirmed_on TEXT CHECK (date(confirmed_on) IS confirmed_on),
    agreed_on    TEXT CHECK (date(agreed_on) IS agreed_on),
    begins_on    TEXT CHECK (date(begins_on) IS begins_on),
    ends_on      TEXT CHECK (date(ends_on) IS ends_on),
    basis        TEXT NOT NULL,
    team         TEXT NOT NULL,
    reviewed_on  TEXT NOT NULL,
    end_reason   TEXT NOT NULL,
    CHECK (begins_on IS NULL OR ends_on IS NULL OR begins_on <= ends_on),
    CHECK (stage = 'active' OR begins_on IS NULL)
) STRICT;
CREATE INDEX pairing_leader ON pairing (leader);
CREATE INDEX pairing_talent ON pairing (talent);

CREATE TABLE contact (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE CHECK (id <> ''),
    pairing         TEXT NOT NULL REFERENCES pairing (id) ON UPDATE CASCADE,
    made_on         TEXT NOT NULL CHECK (date(made_on) IS made_on),
    mode            TEXT,
    initiated_by    TEXT CHECK (initiated_by IN ('leader', 'talent')),
    topics          TEXT NOT NULL,
    occasion        TEXT NOT NULL,
    also_counts_for TEXT NOT NULL,
    note            TEXT NOT NULL
) STRICT;
CREATE INDEX contact_pairing ON contact (pairing, made_on);
CREATE INDEX contact_made_on ON contact (made_on);

CREATE TABLE request (
    number        INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE CHECK (id <> ''),
    talent        TEXT REFERENCES talent (id) ON UPDATE CASCADE,
    contact       TEXT REFERENCES contact (id) ON UPDATE CASCADE,
    class         TEXT,
    channel       TEXT,
    received_on   TEXT NOT NULL CHECK (date(received_on) IS received_on),
    accepted_on   TEXT CHECK (date(accepted_on) IS accepted_on),
    dispatched_on TEXT CHECK (date(dispatched_on) IS dispatched_on),
    delivered_on  TEXT CHECK (date(delivered_on) IS delivered_on),
    responsible   TEXT NOT NULL,
    interim_on    TEXT CHECK (date(interim_on) IS interim_on),
    answered_on   TEXT CHECK (date(answered_on) IS answered_on),
    fed_back_on   TEXT CHECK (date(fed_back_on) IS fed_back_on),
    outcome       TEXT NOT NULL,
    -- What was asked for, in the person's words; stays here.
    demand        TEXT NOT NULL,
    -- A weighty case that the leader takes up in person.
    in_person     INTEGER NOT NULL CHECK (in_person IN (0, 1))
) STRICT;
CREATE INDEX request_talent ON request (talent);
CREATE INDEX request_received_on ON request (received_on);

CREATE TABLE event (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE CHECK (id <> ''),
    talent      TEXT NOT NULL REFERENCES talent (id) ON UPDATE CASCADE,
    kind        TEXT NOT NULL CHECK (kind <> ''),
    happened_on TEXT NOT NULL CHECK (date(happened_on) IS happened_on),
    -- When all addressees had been told.
    reported_on TEXT CHECK (date(reported_on) IS reported_on),
    note        TEXT NOT NULL
) STRICT;
CREATE INDEX event_talent ON event (talent);

CREATE TABLE service (
    number INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE CHECK (id <> ''),
    kind   TEXT NOT NULL CHECK (kind <> ''),
    held_on TEXT NOT NULL CHECK (date(held_on) IS held_on),
    unit   TEXT,
    note   TEXT NOT NULL
) STRICT;
CREATE INDEX service_held_on ON service (held_on);

-- Whom a service record lists, in the order written.
CREATE TABLE service_talent (
    service INTEGER NOT NULL REFERENCES service (number) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    talent  TEXT NOT NULL REFERENCES talent (id) ON UPDATE CASCADE,
    PRIMARY KEY (service, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX service_talent_talent ON service_talent (talent);

CREATE TABLE report (
    number       INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE CHECK (id <> ''),
    unit         TEXT NOT NULL,
    form         TEXT NOT NULL CHECK (form <> ''),
    period       TEXT NOT NULL,
    submitted_on TEXT CHECK (date(submitted_on) IS submitted_on)
) STRICT;

CREATE TABLE liaison (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE CHECK (id <> ''),
    unit      TEXT NOT NULL,
    name      TEXT NOT NULL,
    begins_on TEXT CHECK (date(begins_on) IS begins_on),
    ends_on   TEXT CHECK (date(ends_on) IS ends_on),
    CHECK (begins_on IS NULL OR ends_on IS NULL OR begins_on <= ends_on)
) STRICT;

CREATE TABLE review (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE CHECK (id <> ''),
    unit    TEXT NOT NULL,
    held_on TEXT NOT NULL CHECK (date(held_on) IS held_on)
) STRICT;

CREATE TABLE exemption (
    number  INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE CHECK (id <> ''),
    rule    TEXT NOT NULL CHECK (rule <> ''),
    subject TEXT NOT NULL CHECK (subject <> ''),
    period  TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;
