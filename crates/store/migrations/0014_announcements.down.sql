DROP TABLE announcements;
DROP INDEX assignments_with_result;
ALTER TABLE assignments DROP COLUMN disposition;
