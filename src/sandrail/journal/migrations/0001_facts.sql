-- The facts of one journal, and where it stands. One schema holds one journal.
CREATE TABLE journal (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name text NOT NULL,
    created_us bigint NOT NULL,
    head_seq bigint NOT NULL,
    head_hash bytea NOT NULL CHECK (octet_length(head_hash) = 32)
);

CREATE TABLE fact (
    seq bigint PRIMARY KEY CHECK (seq >= 0),
    kind text NOT NULL,
    at_us bigint NOT NULL,
    actor text NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    prev_hash bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    payload_hash bytea NOT NULL CHECK (octet_length(payload_hash) = 32),
    payload bytea NOT NULL
);

-- Payloads are read whole and compress badly; trying to compress them costs more than it saves.
ALTER TABLE fact ALTER COLUMN payload SET STORAGE EXTERNAL;
