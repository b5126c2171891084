DROP TRIGGER cmdb_ci_deleted;
DROP INDEX cmdb_relation_closed;
DROP INDEX cmdb_relation_opened;
DROP INDEX identification_proposal_older;
DROP INDEX cmdb_inheritance_from;
DROP INDEX cmdb_policy_effect_ci;
DROP INDEX cmdb_edit_item_ci;
DROP INDEX cmdb_baseline_member_ci;
