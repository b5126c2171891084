DROP TABLE cmdb_merge;
DROP INDEX cmdb_ci_survivor;
ALTER TABLE cmdb_ci DROP COLUMN survivor_key;
