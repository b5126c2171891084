DROP TABLE imports_mapping;
DROP TABLE cmdb_bulk_answer;
DROP TABLE cmdb_external_key;
