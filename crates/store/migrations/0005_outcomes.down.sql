ALTER TABLE assignments DROP COLUMN won;
ALTER TABLE assignments DROP COLUMN contacted_at;
