DROP TABLE cmdb_baseline_accepted;
DROP TABLE cmdb_baseline_acceptance;
DROP TABLE cmdb_baseline_member;
DROP TABLE cmdb_baseline;
