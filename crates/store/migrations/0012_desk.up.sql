-- What an agent recorded last, as JSON, for as long as they may take it back and until the next.

ALTER TABLE agents ADD COLUMN last_result TEXT;

-- How agents see a queue's items and what its results write, as JSON.
CREATE TABLE desks (
    workspace_id BIGINT NOT NULL,
    queue_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    spec TEXT NOT NULL,
    PRIMARY KEY (workspace_id, queue_id)
) /*CLUSTERED*/;

-- What was done with an item on its agents' desks: which steps of the script were ticked, and the
-- fields that its last result wrote as they were before. Erasable.
CREATE TABLE item_desk (
    workspace_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    ticks TEXT,
    before TEXT,
    PRIMARY KEY (workspace_id, item_id)
) /*CLUSTERED*/;
