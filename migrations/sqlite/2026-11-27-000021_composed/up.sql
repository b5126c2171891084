-- Whether others are part of it now, so that what is seen of those is only looked up where there are any.
ALTER TABLE cmdb_ci ADD COLUMN has_parts BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE cmdb_ci SET has_parts = TRUE
    WHERE key IN (SELECT survivor_key FROM cmdb_ci WHERE survivor_key IS NOT NULL);
