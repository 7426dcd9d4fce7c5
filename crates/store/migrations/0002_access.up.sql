-- Who may use a workspace. Secrets are kept hashed.

CREATE TABLE users (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    agent_id BIGINT,
    active BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
) /*CLUSTERED*/;

CREATE UNIQUE INDEX users_by_name ON users (workspace_id, name);
CREATE UNIQUE INDEX users_by_agent ON users (workspace_id, agent_id) WHERE agent_id IS NOT NULL;

CREATE TABLE tokens (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    token_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    role TEXT NOT NULL,
    agent_id BIGINT,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (workspace_id, token_id)
) /*CLUSTERED*/;

CREATE INDEX tokens_by_hash ON tokens (hash);

CREATE TABLE sessions (
    workspace_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, hash),
    FOREIGN KEY (workspace_id, user_id) REFERENCES users (workspace_id, user_id)
) /*CLUSTERED*/;

CREATE INDEX sessions_by_hash ON sessions (hash);
