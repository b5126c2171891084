-- Machines that speak with the identity of another.

ALTER TABLE fleet_agent ADD COLUMN copy_of_key INTEGER REFERENCES fleet_agent (key);
-- The run of the process that speaks as this agent.
ALTER TABLE fleet_agent ADD COLUMN run BIGINT;
-- Runs that wait or are copies.
ALTER TABLE fleet_agent ADD COLUMN contenders INTEGER NOT NULL DEFAULT 0;
CREATE INDEX fleet_agent_copy_of ON fleet_agent (copy_of_key) WHERE copy_of_key IS NOT NULL;

CREATE TABLE fleet_run (
    agent_key INTEGER NOT NULL REFERENCES fleet_agent (key),
    run BIGINT NOT NULL,
    -- speaking, past, waiting, copy, enrolled.
    standing TEXT NOT NULL,
    boot_id TEXT NOT NULL,
    booted_at BIGINT NOT NULL,
    machine TEXT NOT NULL,
    address TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    -- Of runs that wait or are copies: when they asked last.
    heard_at BIGINT NOT NULL,
    PRIMARY KEY (agent_key, run)
);
