-- What comes in at most once, and what goes out in order.

-- Answers to requests with an Idempotency-Key.
CREATE TABLE answers (
    workspace_id BIGINT NOT NULL,
    scope TEXT NOT NULL,
    request_key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    item_id BIGINT,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, scope, request_key)
) /*CLUSTERED*/;

CREATE INDEX answers_by_time ON answers (at);
CREATE INDEX answers_of_item ON answers (workspace_id, item_id) WHERE item_id IS NOT NULL;

CREATE TABLE imports (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    import_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    file TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    total BIGINT,
    done BIGINT NOT NULL,
    imported BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    mapping TEXT NOT NULL,
    problem TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, import_id)
) /*CLUSTERED*/;

CREATE UNIQUE INDEX imports_running ON imports (workspace_id, fingerprint)
    WHERE state = 'running';

CREATE TABLE import_rejected (
    workspace_id BIGINT NOT NULL,
    import_id BIGINT NOT NULL,
    row_number BIGINT NOT NULL,
    problem TEXT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (workspace_id, import_id, row_number),
    FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, import_id)
) /*CLUSTERED*/;

-- Effects on the outside, one after the other per channel and object.
CREATE TABLE outbox (
    workspace_id BIGINT NOT NULL,
    outgoing_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    object TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, outgoing_id)
);

CREATE INDEX outbox_by_object ON outbox (workspace_id, channel, object, outgoing_id);
