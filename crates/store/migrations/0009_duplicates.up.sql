-- An item's duplicates are shown beside it; only duplicates are in this index.

CREATE INDEX items_duplicates ON items (workspace_id, duplicate_of, item_id)
    WHERE duplicate_of IS NOT NULL;
