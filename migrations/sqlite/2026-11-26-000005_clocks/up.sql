-- By how many milliseconds the server's clock was ahead of the agent's when it was last seen; empty until it has reported
-- to a server that knows this.
ALTER TABLE fleet_presence ADD COLUMN clock_offset_ms BIGINT;
