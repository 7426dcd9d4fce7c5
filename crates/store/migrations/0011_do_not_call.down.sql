ALTER TABLE workspaces DROP COLUMN last_opt_out;
DROP TABLE barred_items;
DROP TABLE do_not_call;
