-- What is part of another CI now: the CI at the end of its chain of merges. The rows of both stay as they are and go on
-- being written by whoever reports of them; whoever reads puts them together. So taking a merge back is exact.
ALTER TABLE cmdb_ci ADD COLUMN survivor_key INTEGER REFERENCES cmdb_ci (key);
CREATE INDEX cmdb_ci_survivor ON cmdb_ci (survivor_key) WHERE survivor_key IS NOT NULL;

-- The journal of merges. Those of what is under two hosts follow from the hosts' merge.
CREATE TABLE cmdb_merge (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    merged_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    survivor_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    derived_from INTEGER REFERENCES cmdb_merge (key),
    at BIGINT NOT NULL,
    actor_name TEXT,
    reason TEXT,
    undone_at BIGINT,
    undone_by TEXT,
    undo_reason TEXT
);
CREATE INDEX cmdb_merge_merged ON cmdb_merge (merged_key, at);
CREATE INDEX cmdb_merge_survivor ON cmdb_merge (survivor_key, at);
CREATE INDEX cmdb_merge_derived ON cmdb_merge (derived_from) WHERE derived_from IS NOT NULL;
CREATE UNIQUE INDEX cmdb_merge_open ON cmdb_merge (merged_key) WHERE undone_at IS NULL;
