-- Each arriving item pays for each index of its table, so one that others can stand in for goes.
-- Most items are assigned as they arrive, and their entries need not say so.

DROP INDEX items_by_state;
DROP INDEX items_by_queue;

CREATE INDEX items_by_state ON items (workspace_id, state, queue_id, item_id)
    WHERE state <> 'assigned';
CREATE INDEX items_assigned ON items (workspace_id, queue_id, item_id) WHERE state = 'assigned';

-- A list begins with the newest items, and most sources have some of these. Of the others it is
-- enough to know in which parts of the table to look. SQLite has no such index, and keeps its own.
/*POSTGRESQL*/ DROP INDEX items_by_source;
/*POSTGRESQL*/ CREATE INDEX items_by_source ON items USING brin (
/*POSTGRESQL*/     workspace_id int8_bloom_ops (n_distinct_per_range = 64),
/*POSTGRESQL*/     source_id int8_bloom_ops (n_distinct_per_range = 64)
/*POSTGRESQL*/ );
