DROP INDEX items_closed;
ALTER TABLE sources DROP COLUMN retention_days;
DROP TABLE audit;
