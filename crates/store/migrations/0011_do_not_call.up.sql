-- Who is not to be called, or only at some hours. Of a number only its keyed hash is kept, which does
-- not name anybody: an entry outlives the erasure of its person, as it must.
CREATE TABLE do_not_call (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    entry_id BIGINT NOT NULL,
    contact_key TEXT NOT NULL,
    category TEXT NOT NULL,
    medium TEXT NOT NULL,
    -- When they may be called all the same, as JSON; never when it is absent and no holidays are named.
    hours TEXT,
    not_on_holidays BIGINT NOT NULL,
    until BIGINT,
    -- person, import, result
    origin TEXT NOT NULL,
    actor TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, entry_id)
);

CREATE UNIQUE INDEX do_not_call_of ON do_not_call (workspace_id, contact_key, category, medium);

-- The items that entries have barred: whoever is taken off the list is looked for here.
CREATE TABLE barred_items (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    contact_key TEXT NOT NULL,
    item_id BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, contact_key, item_id)
);

CREATE INDEX barred_items_by_item ON barred_items (workspace_id, item_id);

-- The number of the last entry, which is not given out again; as long as it is 0 nothing is looked for.
ALTER TABLE workspaces ADD COLUMN last_opt_out BIGINT NOT NULL DEFAULT 0;
