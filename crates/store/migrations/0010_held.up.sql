-- Which contacts are held is asked once, when a workspace is loaded, and the ends of the holds come
-- nearly in the table's order: on PostgreSQL it is enough to know in which parts of it to look.
/*POSTGRESQL*/ DROP INDEX items_held;
/*POSTGRESQL*/ CREATE INDEX items_held ON items USING brin (dedupe_until);
