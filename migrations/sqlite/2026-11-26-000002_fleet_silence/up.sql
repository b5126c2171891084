-- How often the agents of an organisation and of those below it report; without it as above it, or as configured.
ALTER TABLE access_organisation ADD COLUMN agent_interval_s INTEGER;

-- The interval the agent was told last, and until when it is live by that; empty until it has reported to a server
-- that knows these.
ALTER TABLE fleet_presence ADD COLUMN interval_s INTEGER;
ALTER TABLE fleet_presence ADD COLUMN live_until BIGINT;

-- One row: until when a server was alive. A gap before it is told tells how long none was.
CREATE TABLE fleet_heartbeat (
    id INTEGER PRIMARY KEY NOT NULL,
    alive_until BIGINT NOT NULL
);

-- When agents could not be heard for a reason that is the server's: `down` or `shedding`.
CREATE TABLE fleet_outage (
    cause TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    PRIMARY KEY (cause, began_at)
) WITHOUT ROWID;

-- Silences that are not taken for the hosts' own. While one lasts, presence in the organisation is judged as of `since`.
CREATE TABLE fleet_silence (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    noticed_at BIGINT NOT NULL,
    -- When it ends by itself unless its cause goes on.
    held_until BIGINT NOT NULL,
    -- How many agents there were, how many of them were missing at most, and how many still are.
    agents INTEGER NOT NULL,
    most INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX fleet_silence_open ON fleet_silence (organisation_id) WHERE ended_at IS NULL;
