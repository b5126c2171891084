DROP TABLE identification_reporter;
DROP TABLE identification_hold;
DROP TABLE identification_proposal;
DROP TABLE identification_verdict;
DROP TABLE identification_rule;
