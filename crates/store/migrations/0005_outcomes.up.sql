-- What came of an assignment: when the contact was first reached, and whether it was won.

ALTER TABLE assignments ADD COLUMN contacted_at BIGINT;
ALTER TABLE assignments ADD COLUMN won BIGINT NOT NULL DEFAULT 0;
