ALTER TABLE sources DROP COLUMN matched_at;
