-- Webhooks out: who is told of what happens, and what became of each telling. An endpoint reads the
-- journal on from `seq`, so what it is told leaves with the event's own transaction. A delivery holds
-- nothing of a person: its body is made when it is sent.
CREATE TABLE endpoints (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    endpoint_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    topics TEXT NOT NULL,
    active BIGINT NOT NULL,
    -- The signing key, and the one before until a time: both sign meanwhile.
    sealed TEXT NOT NULL,
    old_sealed TEXT,
    old_until BIGINT,
    seq BIGINT NOT NULL,
    -- Failures in a row, since when, and until when nothing is sent.
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    paused_until BIGINT NOT NULL DEFAULT 0,
    -- Why it was switched off by itself, and when.
    disabled_for TEXT,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, endpoint_id)
);

CREATE TABLE deliveries (
    workspace_id BIGINT NOT NULL,
    endpoint_id BIGINT NOT NULL,
    -- Ten times the event's number, and which of the event's topics it is.
    delivery_id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    object TEXT NOT NULL,
    -- waiting, delivered, failed
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- Since when it is tried; the first attempt or the last time somebody had it sent again.
    queued_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    status BIGINT,
    problem TEXT,
    settled_at BIGINT,
    PRIMARY KEY (workspace_id, endpoint_id, delivery_id),
    FOREIGN KEY (workspace_id, endpoint_id) REFERENCES endpoints (workspace_id, endpoint_id)
);

CREATE INDEX deliveries_due ON deliveries (workspace_id, endpoint_id, due_at)
    WHERE state = 'waiting';
CREATE INDEX deliveries_in_order ON deliveries (workspace_id, endpoint_id, object, delivery_id)
    WHERE state = 'waiting';
CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL;
