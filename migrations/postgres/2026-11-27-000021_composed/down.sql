ALTER TABLE cmdb_ci DROP COLUMN has_parts;
