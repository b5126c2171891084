-- Tokens by which agents of others may send inventories. Only a hash of the secret is kept.
CREATE TABLE imports_token (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    -- Where the devices belong of which inventories come with it.
    organisation_id UUID NOT NULL REFERENCES access_organisation (id),
    secret_hash BYTEA NOT NULL,
    -- From which networks; from anywhere if there is none.
    cidrs JSONB NOT NULL,
    created_by UUID REFERENCES access_user (id),
    created_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    -- To the minute.
    last_used_at TIMESTAMPTZ,
    last_used_from TEXT
);

-- Files that were imported, with what became of them.
CREATE TABLE imports_run (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES access_organisation (id),
    created_by UUID REFERENCES access_user (id),
    created_at TIMESTAMPTZ NOT NULL,
    format TEXT NOT NULL,
    file_name TEXT,
    digest BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL,
    idempotency_key TEXT,
    -- How many devices were in it, and how many of them were new, changed and left as they were.
    items INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    not_taken INTEGER NOT NULL,
    report JSONB NOT NULL
);
CREATE UNIQUE INDEX imports_run_idempotency ON imports_run (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;
