-- Snapshots get a form version, several parts and a digest over all of it. Those there are dropped:
-- they are derived again.
DROP TABLE snapshot;

CREATE TABLE snapshot (
    name text PRIMARY KEY,
    version bigint NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32)
);

CREATE TABLE snapshot_part (
    name text NOT NULL REFERENCES snapshot ON DELETE CASCADE,
    part integer NOT NULL CHECK (part >= 0),
    data bytea NOT NULL,
    PRIMARY KEY (name, part)
);

ALTER TABLE snapshot_part ALTER COLUMN data SET STORAGE EXTERNAL;
