-- One text for SQLite and PostgreSQL. /*CLUSTERED*/ becomes WITHOUT ROWID on SQLite (dialect.rs).
-- Every key begins with workspace_id, so that a sharding database can split the tables.
-- Times are milliseconds since 1970 UTC; flags are 0 or 1.

CREATE TABLE workspaces (
    workspace_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    contact_key TEXT NOT NULL,
    settings TEXT NOT NULL,
    heartbeat_secs BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    head TEXT NOT NULL,
    last_at BIGINT NOT NULL,
    day_started BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    last_agent BIGINT NOT NULL,
    last_queue BIGINT NOT NULL,
    last_source BIGINT NOT NULL,
    last_rule BIGINT NOT NULL,
    last_item BIGINT NOT NULL,
    last_outgoing BIGINT NOT NULL,
    next_deadline BIGINT,
    created_at BIGINT NOT NULL
);

-- A row is a run of events with one item, actor and time; seq is the first event's, body their
-- JSON array.
CREATE TABLE journal (
    workspace_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    version BIGINT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    item_id BIGINT,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

CREATE INDEX journal_of_item ON journal (workspace_id, item_id, seq) WHERE item_id IS NOT NULL;

CREATE TABLE batches (
    workspace_id BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    first_seq BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, batch)
) /*CLUSTERED*/;

CREATE TABLE agents (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    agent_id BIGINT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    active BIGINT NOT NULL,
    present BIGINT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    on_shift BIGINT NOT NULL,
    weight BIGINT NOT NULL,
    daily_cap BIGINT,
    total BIGINT NOT NULL,
    today BIGINT NOT NULL,
    idle_since BIGINT NOT NULL,
    spec TEXT NOT NULL,
    PRIMARY KEY (workspace_id, agent_id)
) /*CLUSTERED*/;

CREATE TABLE standings (
    workspace_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    queue_id BIGINT NOT NULL,
    clock BIGINT NOT NULL,
    total BIGINT NOT NULL,
    today BIGINT NOT NULL,
    last_turn BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, agent_id, queue_id)
) /*CLUSTERED*/;

CREATE TABLE queues (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    queue_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    active BIGINT NOT NULL,
    served BIGINT NOT NULL,
    spec TEXT NOT NULL,
    PRIMARY KEY (workspace_id, queue_id)
) /*CLUSTERED*/;

CREATE TABLE sources (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    source_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    queue_id BIGINT NOT NULL,
    active BIGINT NOT NULL,
    spec TEXT NOT NULL,
    -- What the core never sees: how the outside reaches the source.
    url_key TEXT,
    secret_hash TEXT,
    dedupe_key TEXT NOT NULL DEFAULT 'phone',
    attributes TEXT NOT NULL DEFAULT '[]',
    map TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (workspace_id, source_id)
) /*CLUSTERED*/;

CREATE UNIQUE INDEX sources_by_url_key ON sources (workspace_id, url_key);

CREATE TABLE source_days (
    workspace_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    day_started BIGINT NOT NULL,
    items BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, source_id, day_started)
) /*CLUSTERED*/;

CREATE TABLE rules (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    rule_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL,
    active BIGINT NOT NULL,
    spec TEXT NOT NULL,
    PRIMARY KEY (workspace_id, rule_id)
) /*CLUSTERED*/;

CREATE TABLE items (
    workspace_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    queue_id BIGINT NOT NULL,
    agent_id BIGINT,
    placed BIGINT NOT NULL,
    since BIGINT,
    taken_day BIGINT NOT NULL,
    until BIGINT,
    region TEXT,
    language TEXT,
    priority BIGINT NOT NULL,
    rule_id BIGINT,
    place BIGINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    earliest BIGINT,
    attempts BIGINT NOT NULL,
    disposition TEXT,
    closed_at BIGINT,
    duplicate_of BIGINT,
    dedupe_source BIGINT,
    dedupe_key TEXT,
    dedupe_until BIGINT,
    -- Routing attributes, and then skills, exclusions and visited queues, as JSON; NULL when none.
    attributes TEXT,
    nested TEXT,
    PRIMARY KEY (workspace_id, item_id)
);

CREATE INDEX items_by_state ON items (workspace_id, state, queue_id, item_id);
CREATE INDEX items_by_queue ON items (workspace_id, queue_id, item_id);
CREATE INDEX items_by_agent ON items (workspace_id, agent_id, item_id) WHERE agent_id IS NOT NULL;
CREATE INDEX items_by_source ON items (workspace_id, source_id, item_id);
CREATE INDEX items_held ON items (workspace_id, dedupe_until) WHERE dedupe_until IS NOT NULL;

-- Who an item is about: erasable without touching the journal.
CREATE TABLE item_personal (
    workspace_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    name TEXT,
    phone TEXT,
    phone_raw TEXT,
    phone_ok BIGINT NOT NULL,
    email TEXT,
    attributes TEXT,
    PRIMARY KEY (workspace_id, item_id)
);

CREATE INDEX item_personal_by_phone ON item_personal (workspace_id, phone, item_id)
    WHERE phone IS NOT NULL;

CREATE TABLE item_notes (
    workspace_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (workspace_id, item_id, seq)
) /*CLUSTERED*/;

CREATE TABLE assignments (
    workspace_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    queue_id BIGINT NOT NULL,
    -- 1 while it is (or has remained) an offer.
    offer BIGINT NOT NULL,
    at BIGINT NOT NULL,
    accepted_at BIGINT,
    ended_at BIGINT,
    ended TEXT,
    way TEXT NOT NULL,
    reason TEXT,
    count_before BIGINT NOT NULL,
    count_after BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

CREATE INDEX assignments_of_item ON assignments (workspace_id, item_id, seq);
CREATE INDEX assignments_by_agent ON assignments (workspace_id, agent_id, seq);

CREATE TABLE presence (
    workspace_id BIGINT NOT NULL,
    agent_id BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, agent_id)
) /*CLUSTERED*/;
