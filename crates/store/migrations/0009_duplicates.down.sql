DROP INDEX items_duplicates;
