-- The hub that assigned it: what it assigned ends when the unit comes under another one. Null: the office itself.
ALTER TABLE assignment ADD COLUMN issuer TEXT;
