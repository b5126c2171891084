DROP TRIGGER cmdb_ci_deleted ON cmdb_ci;
DROP FUNCTION cmdb_ci_deleted();
DROP INDEX cmdb_relation_closed;
DROP INDEX cmdb_relation_opened;
