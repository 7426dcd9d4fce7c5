DROP TABLE item_desk;
DROP TABLE desks;
ALTER TABLE agents DROP COLUMN last_result;
