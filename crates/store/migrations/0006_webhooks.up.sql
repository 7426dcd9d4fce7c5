-- Webhooks of lead sources: how they are signed, with what, and what could not be fetched.

ALTER TABLE sources ADD COLUMN signing TEXT NOT NULL DEFAULT 'shared_secret';
-- The secret before the last rotation, and until when it counts.
ALTER TABLE sources ADD COLUMN old_secret_hash TEXT;
ALTER TABLE sources ADD COLUMN old_secret_until BIGINT;
-- Secrets that must be known in clear: purpose to sealed text, as JSON.
ALTER TABLE sources ADD COLUMN sealed TEXT NOT NULL DEFAULT '{}';
ALTER TABLE sources ADD COLUMN fetch_failed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN fetch_problem TEXT;
ALTER TABLE sources ADD COLUMN fetch_problem_at BIGINT;

-- Some keys are remembered for longer than others: a lead source may send a lead again for days.
ALTER TABLE answers RENAME COLUMN at TO keep_until;
UPDATE answers SET keep_until = keep_until + 86400000;

CREATE INDEX outbox_due ON outbox (channel, due_at);
