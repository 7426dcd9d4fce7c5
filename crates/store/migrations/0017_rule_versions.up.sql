-- How the list of rules stood after each change, and changes that wait for their time. What a
-- workspace had before becomes its first version together with its next change.

CREATE TABLE rule_versions (
    workspace_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    actor TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    note TEXT,
    restored BIGINT,
    rules TEXT NOT NULL,
    PRIMARY KEY (workspace_id, version)
) /*CLUSTERED*/;

CREATE TABLE rule_changes (
    workspace_id BIGINT NOT NULL,
    change_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    note TEXT,
    what TEXT NOT NULL,
    state TEXT NOT NULL,
    settled_at BIGINT,
    version BIGINT,
    problem TEXT,
    PRIMARY KEY (workspace_id, change_id)
) /*CLUSTERED*/;

CREATE INDEX rule_changes_due ON rule_changes (due_at) WHERE state = 'waiting';
