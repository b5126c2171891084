-- A set of CIs as it was at a time. What they were is history and stands there; here stands which, and since when what is
-- expected of them was so.
CREATE TABLE cmdb_baseline (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    name TEXT NOT NULL,
    -- The name folded: two that look alike are not told apart.
    name_folded TEXT NOT NULL,
    note TEXT,
    -- The filter that found the set; none where its CIs were named one by one.
    filter TEXT,
    taken_at BIGINT NOT NULL,
    created_by TEXT,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX cmdb_baseline_name ON cmdb_baseline (organisation_id, name_folded);

CREATE TABLE cmdb_baseline_member (
    baseline_key INTEGER NOT NULL REFERENCES cmdb_baseline (key),
    ci_key INTEGER NOT NULL,
    PRIMARY KEY (baseline_key, ci_key)
);

-- Differences that were accepted: from then on what was at `at` is what is expected.
CREATE TABLE cmdb_baseline_acceptance (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    baseline_key INTEGER NOT NULL REFERENCES cmdb_baseline (key),
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    accepted_by TEXT,
    accepted_at BIGINT NOT NULL,
    undone_by TEXT,
    undone_at BIGINT,
    undo_reason TEXT
);
CREATE INDEX cmdb_baseline_acceptance_of ON cmdb_baseline_acceptance (baseline_key, key);

CREATE TABLE cmdb_baseline_accepted (
    acceptance_key INTEGER NOT NULL REFERENCES cmdb_baseline_acceptance (key),
    ci_key INTEGER NOT NULL,
    topic TEXT NOT NULL,
    -- Whether the CI is expected to be in the set.
    is_member BOOLEAN NOT NULL,
    PRIMARY KEY (acceptance_key, ci_key, topic)
);
