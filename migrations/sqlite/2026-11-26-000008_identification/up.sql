-- identification: which CI a report is about. Rules are data; what was learned, asked and put off stands beside them.

CREATE TABLE identification_rule (
    id BLOB PRIMARY KEY NOT NULL,
    class TEXT NOT NULL REFERENCES cmdb_class (name),
    -- By what a shipped rule is known for ever; none of those that people add.
    shipped_name TEXT,
    position INTEGER NOT NULL,
    label_en TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    -- What must agree, and what speaks against it: JSON arrays of names.
    needs TEXT NOT NULL,
    vetoes TEXT NOT NULL,
    -- `match` or `propose`.
    outcome TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX identification_rule_shipped ON identification_rule (class, shipped_name)
    WHERE shipped_name IS NOT NULL;
CREATE INDEX identification_rule_class ON identification_rule (class, position);

-- Identifiers that were found to tell nothing, or that people say tell something after all.
CREATE TABLE identification_verdict (
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- `shared` or `trusted`.
    verdict TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- On how many CIs that were alive at once it was seen.
    seen_on INTEGER NOT NULL,
    decided_by TEXT,
    PRIMARY KEY (organisation_id, kind, value)
) WITHOUT ROWID;

-- Two CIs that may be one, for a person to decide.
CREATE TABLE identification_proposal (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    newer_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    older_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    -- The rule that found them, as it was called then, and what spoke against it.
    rule TEXT NOT NULL,
    veto TEXT,
    -- `open`, `same` or `different`.
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT,
    note TEXT,
    version INTEGER NOT NULL,
    UNIQUE (newer_key, older_key)
);
CREATE INDEX identification_proposal_state ON identification_proposal (state, created_at);

-- Agents whose reports wait, because it is not clear yet whether theirs is a known machine or another one.
CREATE TABLE identification_hold (
    agent_key INTEGER PRIMARY KEY NOT NULL REFERENCES fleet_agent (key),
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    rule TEXT NOT NULL,
    -- When it first spoke, and when its reports will be taken up at the latest.
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
);

-- Who else than agents reports of a CI: a device of an inventory, by the name it has there.
CREATE TABLE identification_reporter (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    source TEXT NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    external_id TEXT NOT NULL,
    ci_key INTEGER REFERENCES cmdb_ci (key),
    first_reported_at BIGINT NOT NULL,
    last_reported_at BIGINT NOT NULL,
    UNIQUE (source, organisation_id, external_id)
);
CREATE INDEX identification_reporter_ci ON identification_reporter (ci_key) WHERE ci_key IS NOT NULL;
