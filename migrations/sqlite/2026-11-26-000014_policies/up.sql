-- What is to become of items that are so for long enough.

CREATE TABLE cmdb_policy (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    -- As in lists.
    query TEXT NOT NULL,
    -- retire, archive, attest.
    action TEXT NOT NULL,
    grace_s BIGINT NOT NULL,
    -- How long an attestation holds; of no other action.
    renew_s BIGINT,
    enabled BOOLEAN NOT NULL,
    -- What it comes with the program as.
    shipped_name TEXT,
    version INTEGER NOT NULL
);

-- Items that match an enabled policy, since when, and from when on something is done. Of what is to be attested, those
-- of which no attestation holds.
CREATE TABLE cmdb_policy_match (
    policy_id BLOB NOT NULL REFERENCES cmdb_policy (id),
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    since BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Nothing more is done as long as it matches.
    done BOOLEAN NOT NULL,
    -- Why it could not be done.
    obstacle TEXT,
    PRIMARY KEY (policy_id, ci_key)
);
CREATE INDEX cmdb_policy_match_due ON cmdb_policy_match (policy_id, due_at, ci_key) WHERE NOT done;
CREATE INDEX cmdb_policy_match_ci ON cmdb_policy_match (ci_key);

-- What a policy did at one time. The policy may be gone.
CREATE TABLE cmdb_policy_run (
    id BLOB PRIMARY KEY NOT NULL,
    policy_id BLOB NOT NULL,
    policy_name TEXT NOT NULL,
    action TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    items INTEGER NOT NULL,
    undone_at BIGINT,
    undone_by TEXT
);
CREATE INDEX cmdb_policy_run_began ON cmdb_policy_run (began_at);
CREATE INDEX cmdb_policy_run_policy ON cmdb_policy_run (policy_id, began_at);

-- To which items, and the lifecycle of each before.
CREATE TABLE cmdb_policy_effect (
    run_id BLOB NOT NULL REFERENCES cmdb_policy_run (id),
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    at BIGINT NOT NULL,
    before TEXT NOT NULL,
    PRIMARY KEY (run_id, ci_key)
);

-- Who confirmed that an item is as it stands there.
CREATE TABLE cmdb_attestation (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    policy_id BLOB NOT NULL REFERENCES cmdb_policy (id),
    at BIGINT NOT NULL,
    by_id BLOB,
    by_name TEXT,
    note TEXT,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (ci_key, policy_id, at)
);
CREATE INDEX cmdb_attestation_policy ON cmdb_attestation (policy_id, expires_at);
