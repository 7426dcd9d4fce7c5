-- When a worker last left nothing of a source that somebody could be given: a pass that finds nothing
-- to match leaves no other trace, and without one nobody knows whether a worker runs.

ALTER TABLE sources ADD COLUMN matched_at BIGINT;
