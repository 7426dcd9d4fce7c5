/*POSTGRESQL*/ DROP INDEX items_by_source;
/*POSTGRESQL*/ CREATE INDEX items_by_source ON items (workspace_id, source_id, item_id);
DROP INDEX items_assigned;
DROP INDEX items_by_state;
CREATE INDEX items_by_queue ON items (workspace_id, queue_id, item_id);
CREATE INDEX items_by_state ON items (workspace_id, state, queue_id, item_id);
