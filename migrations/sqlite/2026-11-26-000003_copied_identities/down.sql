DROP TABLE fleet_run;
DROP INDEX fleet_agent_copy_of;
ALTER TABLE fleet_agent DROP COLUMN contenders;
ALTER TABLE fleet_agent DROP COLUMN run;
ALTER TABLE fleet_agent DROP COLUMN copy_of_key;
