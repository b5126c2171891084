DROP INDEX cmdb_value_contested;
DROP INDEX cmdb_value_shown;
ALTER TABLE cmdb_value DROP COLUMN shown;
DROP TABLE cmdb_standing;
DROP TABLE cmdb_pin;
DROP TABLE cmdb_source_order;
DROP TABLE cmdb_source;
