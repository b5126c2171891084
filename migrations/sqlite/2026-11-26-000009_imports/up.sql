-- Tokens by which agents of others may send inventories. Only a hash of the secret is kept.
CREATE TABLE imports_token (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    -- Where the devices belong of which inventories come with it.
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    secret_hash BLOB NOT NULL,
    -- From which networks; from anywhere if there is none.
    cidrs TEXT NOT NULL,
    created_by BLOB REFERENCES access_user (id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    -- To the minute.
    last_used_at BIGINT,
    last_used_from TEXT
);

-- Files that were imported, with what became of them.
CREATE TABLE imports_run (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    created_by BLOB REFERENCES access_user (id),
    created_at BIGINT NOT NULL,
    format TEXT NOT NULL,
    file_name TEXT,
    digest BLOB NOT NULL,
    size_bytes BIGINT NOT NULL,
    idempotency_key TEXT,
    -- How many devices were in it, and how many of them were new, changed and left as they were.
    items INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    not_taken INTEGER NOT NULL,
    report TEXT NOT NULL
);
CREATE UNIQUE INDEX imports_run_idempotency ON imports_run (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;
