-- Who writes. Each new writer raises the fence; a commit names the fence it believes in, so that
-- a writer that lost its place without noticing can commit nothing.
ALTER TABLE journal
    ADD COLUMN fence bigint NOT NULL DEFAULT 0,
    ADD COLUMN holder_pid bigint NOT NULL DEFAULT 0,
    ADD COLUMN holder_host text NOT NULL DEFAULT '',
    ADD COLUMN holder_since_us bigint NOT NULL DEFAULT 0;
