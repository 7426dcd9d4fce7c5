/*POSTGRESQL*/ DROP INDEX items_held;
/*POSTGRESQL*/ CREATE INDEX items_held ON items (workspace_id, dedupe_until)
/*POSTGRESQL*/     WHERE dedupe_until IS NOT NULL;
