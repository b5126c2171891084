DROP TABLE cmdb_edit_item;
DROP TABLE cmdb_edit_organisation;
DROP TABLE cmdb_edit;
DROP TRIGGER cmdb_tag_forgotten;
DROP TRIGGER cmdb_tag_changed;
DROP TRIGGER cmdb_tag_said;
DROP TABLE cmdb_tag;
