DROP TABLE barred_items;
DROP TABLE do_not_call;
