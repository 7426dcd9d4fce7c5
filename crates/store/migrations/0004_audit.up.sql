-- Who did what. A row stands for an event of the journal (seq is the event's, body is NULL), or for
-- what a person did beside the core (seq is the journal's last event then, body says what). Rows
-- are only ever added, and hash is over the row before and every column. Nothing that a lead does
-- on its way in writes here.
CREATE TABLE audit (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    audit_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id BIGINT,
    seq BIGINT NOT NULL,
    body TEXT,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id, audit_id)
);

CREATE INDEX audit_of_object ON audit (workspace_id, object, object_id, audit_id);
CREATE INDEX audit_of_erasures ON audit (workspace_id, seq) WHERE act = 'contact_erased';

-- After so many days the person of a closed item is erased; NULL is never.
ALTER TABLE sources ADD COLUMN retention_days BIGINT;

-- Only of closed items: an arriving one is not in it, unless it is a duplicate.
CREATE INDEX items_closed ON items (workspace_id, source_id, closed_at)
    WHERE closed_at IS NOT NULL;
