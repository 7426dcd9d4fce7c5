-- Which result an assignment ended with, so that what agents got done in a period is counted from
-- here. Of items that are closed already it is their last one's; what was tried before stays unsaid.

ALTER TABLE assignments ADD COLUMN disposition TEXT;

UPDATE assignments SET disposition = (SELECT i.disposition FROM items AS i
    WHERE i.workspace_id = assignments.workspace_id AND i.item_id = assignments.item_id)
    WHERE ended = 'completed' AND seq = (SELECT MAX(a.seq) FROM assignments AS a
    WHERE a.workspace_id = assignments.workspace_id AND a.item_id = assignments.item_id);

-- Results come nearly in the table's order: on PostgreSQL it is enough to know in which parts of it
-- to look, and to record one touches no other index then. SQLite has no such index.
CREATE INDEX assignments_with_result ON assignments (workspace_id, ended_at)
    WHERE ended = 'completed';
/*POSTGRESQL*/ DROP INDEX assignments_with_result;
/*POSTGRESQL*/ CREATE INDEX assignments_with_result ON assignments
/*POSTGRESQL*/     USING brin (ended_at int8_minmax_multi_ops)
/*POSTGRESQL*/     WITH (pages_per_range = 32, autosummarize = on);

-- Short notices to all desks, or to those that serve one queue.
CREATE TABLE announcements (
    workspace_id BIGINT NOT NULL,
    announcement_id BIGINT NOT NULL,
    queue_id BIGINT,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, announcement_id)
) /*CLUSTERED*/;
