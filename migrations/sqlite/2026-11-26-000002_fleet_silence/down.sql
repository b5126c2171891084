DROP TABLE fleet_silence;
DROP TABLE fleet_outage;
DROP TABLE fleet_heartbeat;
ALTER TABLE fleet_presence DROP COLUMN live_until;
ALTER TABLE fleet_presence DROP COLUMN interval_s;
ALTER TABLE access_organisation DROP COLUMN agent_interval_s;
