-- Signing in from a list: the link that opens it, the PINs that count there, and tries that failed.

CREATE TABLE desk_links (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    hash TEXT NOT NULL,
    sealed TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id)
) /*CLUSTERED*/;

CREATE UNIQUE INDEX desk_links_by_hash ON desk_links (hash);

CREATE TABLE pins (
    workspace_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, agent_id)
) /*CLUSTERED*/;

-- Counted here and not in memory: several nodes do not give more tries than one.
CREATE TABLE sign_in_tries (
    workspace_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    tries BIGINT NOT NULL,
    pause_ms BIGINT NOT NULL,
    paused_until BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, subject)
) /*CLUSTERED*/;
