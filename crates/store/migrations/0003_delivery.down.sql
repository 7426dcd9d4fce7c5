DROP TABLE outbox;
DROP TABLE import_rejected;
DROP TABLE imports;
DROP TABLE answers;
