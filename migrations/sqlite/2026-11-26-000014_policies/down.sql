DROP TABLE cmdb_attestation;
DROP TABLE cmdb_policy_effect;
DROP TABLE cmdb_policy_run;
DROP TABLE cmdb_policy_match;
DROP TABLE cmdb_policy;
