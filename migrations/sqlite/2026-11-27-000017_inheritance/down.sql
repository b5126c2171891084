DROP TRIGGER cmdb_inheritance_relation_deleted;
DROP TRIGGER cmdb_inheritance_relation_updated;
DROP TRIGGER cmdb_inheritance_relation_inserted;
DROP TRIGGER cmdb_inheritance_ci_updated;
DROP TRIGGER cmdb_inheritance_ci_inserted;
DROP TRIGGER cmdb_inheritance_value_deleted;
DROP TRIGGER cmdb_inheritance_value_updated;
DROP TRIGGER cmdb_inheritance_value_inserted;
UPDATE cmdb_ci SET owner = NULL WHERE key IN (
    SELECT said.ci_key FROM cmdb_value said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.name = 'owner'
    WHERE said.source = 'inherited' AND said.shown AND said.valid_to IS NULL);
UPDATE cmdb_ci SET support_team = NULL WHERE key IN (
    SELECT said.ci_key FROM cmdb_value said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.name = 'support_team'
    WHERE said.source = 'inherited' AND said.shown AND said.valid_to IS NULL);
UPDATE cmdb_ci SET criticality = NULL WHERE key IN (
    SELECT said.ci_key FROM cmdb_value said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.name = 'criticality'
    WHERE said.source = 'inherited' AND said.shown AND said.valid_to IS NULL);
UPDATE cmdb_ci SET environment = NULL WHERE key IN (
    SELECT said.ci_key FROM cmdb_value said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.name = 'environment'
    WHERE said.source = 'inherited' AND said.shown AND said.valid_to IS NULL);
DELETE FROM cmdb_value WHERE source = 'inherited';
DELETE FROM cmdb_revision WHERE source = 'inherited';
DELETE FROM cmdb_source WHERE kind = 'inherited';
DROP TABLE cmdb_inheritance_change;
DROP TABLE cmdb_inheritance;
ALTER TABLE cmdb_relation_type DROP COLUMN containment;
ALTER TABLE cmdb_attribute DROP COLUMN passed_on;
