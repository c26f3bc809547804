-- How replicas stand by a person's ruling, and the keys with which this hub dials the hub above.

-- `suspended` and `banned` bar the replica whatever its key; `retired`: its office is at an end, what it sent goes on
-- counting; `revoked`: its keys were bad, a new token lets it in with a new one; `forked`: two stores were found to speak as
-- it, and both stay out until one was enrolled anew. How each key stands is `replica_key`'s.
ALTER TABLE replica ADD COLUMN standing TEXT NOT NULL DEFAULT 'active'
    CHECK (standing IN ('active', 'suspended', 'banned', 'retired', 'revoked', 'forked'));

UPDATE replica SET standing = 'revoked'
 WHERE EXISTS (SELECT 1 FROM replica_key WHERE replica = replica.id AND standing = 'revoked')
   AND NOT EXISTS (SELECT 1 FROM replica_key WHERE replica = replica.id AND standing = 'active');

-- Towards the hub above this hub is a child, with keys of its own that are exchanged for new ones; the key that its
-- children know and by which it publishes is `hub.key`. No row `present`: it was let in above with that one.
-- `next`: the key of a renewal under way; `newcomer`: that of an enrolment. Both are kept before they are shown to anybody.
CREATE TABLE upward_key (
    purpose TEXT PRIMARY KEY CHECK (purpose IN ('present', 'next', 'newcomer')),
    pkcs8   BLOB NOT NULL
) STRICT, WITHOUT ROWID;
