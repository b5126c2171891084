-- What an item is called by a source: whoever names it so again means the same item. Organisations do not know of each
-- other's names.
CREATE TABLE cmdb_external_key (
    source TEXT NOT NULL,
    value TEXT NOT NULL,
    organisation_id UUID NOT NULL REFERENCES access_organisation (id),
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    PRIMARY KEY (source, value, organisation_id)
);
CREATE INDEX cmdb_external_key_ci ON cmdb_external_key (ci_key);

-- What was answered to a call that may come again, batch by batch as each was committed: whoever asks again under the
-- same key is told the same, and goes on where the first call ended.
CREATE TABLE cmdb_bulk_answer (
    actor_id UUID NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- The first item of the batch.
    begins_at INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    answered_at TIMESTAMPTZ NOT NULL,
    items JSONB NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key, begins_at)
);
CREATE INDEX cmdb_bulk_answer_at ON cmdb_bulk_answer (answered_at);

-- How the columns of somebody's files become items, under a name.
CREATE TABLE imports_mapping (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    owner_id UUID NOT NULL REFERENCES access_user (id),
    mapping JSONB NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX imports_mapping_name ON imports_mapping (owner_id, name);
