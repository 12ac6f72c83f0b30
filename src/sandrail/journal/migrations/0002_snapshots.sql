-- State derived from the facts up to one of them, to start faster; never the truth.
CREATE TABLE snapshot (
    name text PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    data_hash bytea NOT NULL CHECK (octet_length(data_hash) = 32),
    data bytea NOT NULL
);

ALTER TABLE snapshot ALTER COLUMN data SET STORAGE EXTERNAL;
