ALTER TABLE agents DROP COLUMN last_result;
