-- People's own sheets: rows come from there as items, and what came of them is shown there. The
-- journal is followed from `seq` on. One node at a time reads and writes a sheet.
CREATE TABLE sheets (
    workspace_id BIGINT NOT NULL REFERENCES workspaces (workspace_id),
    sheet_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    -- tencent, google, file
    kind TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    -- Where it is, its columns and its pace, as JSON.
    config TEXT NOT NULL,
    -- What lets us in.
    sealed TEXT,
    -- 1: a command on the server's machine said where it is.
    trusted BIGINT NOT NULL,
    version BIGINT NOT NULL,
    active BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    node TEXT,
    leased_until BIGINT NOT NULL DEFAULT 0,
    read_due BIGINT NOT NULL DEFAULT 0,
    paused_until BIGINT NOT NULL DEFAULT 0,
    -- Failures in a row, and what the last one was.
    failures BIGINT NOT NULL DEFAULT 0,
    trouble TEXT,
    last_read_at BIGINT,
    last_written_at BIGINT,
    -- Calls that were made, and which state of a file was seen last, as JSON.
    budget TEXT,
    stamp TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, sheet_id)
);

-- What is known of a sheet's rows. Erasable: then a keyed hash says that the row is not to come
-- again, and nothing says whose it was.
CREATE TABLE sheet_rows (
    workspace_id BIGINT NOT NULL,
    sheet_id BIGINT NOT NULL,
    row_key TEXT NOT NULL,
    row_id TEXT,
    item_id BIGINT,
    -- there, done_outside, owned_outside, withdrawn, unfit, erased
    state TEXT NOT NULL,
    -- How often it has come as an item.
    comings BIGINT NOT NULL,
    -- Cells as they were last seen, as they are being written, what is open between both sides, and
    -- what the sheet was let keep, as JSON.
    seen TEXT,
    sent TEXT,
    conflicts TEXT,
    yielded TEXT,
    open_conflicts BIGINT NOT NULL DEFAULT 0,
    -- 0: no result yet; 1: one that is not shown yet; 2: shown.
    result BIGINT NOT NULL DEFAULT 0,
    -- The result may be taken back until then.
    hold_until BIGINT,
    -- When it is to be written.
    due_at BIGINT,
    -- Counts every change.
    revision BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (workspace_id, sheet_id, row_key),
    FOREIGN KEY (workspace_id, sheet_id) REFERENCES sheets (workspace_id, sheet_id)
);

CREATE INDEX sheet_rows_of_items ON sheet_rows (workspace_id, item_id) WHERE item_id IS NOT NULL;
CREATE INDEX sheet_rows_due ON sheet_rows (workspace_id, sheet_id, due_at)
    WHERE due_at IS NOT NULL;
