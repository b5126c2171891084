DROP INDEX cmdb_value_shown;
CREATE INDEX cmdb_value_shown ON cmdb_value (attribute_id, substr(value, 1, 200), ci_key) WHERE shown;
ALTER TABLE cmdb_value DROP COLUMN shown_of;
ALTER TABLE cmdb_ci DROP COLUMN has_parts;
