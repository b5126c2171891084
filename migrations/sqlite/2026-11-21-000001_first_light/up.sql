-- What this installation is: its id, the incarnation of its database.
CREATE TABLE installation_setting (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

-- access: organisations, people, what they may do and how they prove who they are.

CREATE TABLE access_organisation (
    id BLOB PRIMARY KEY NOT NULL,
    parent_id BLOB REFERENCES access_organisation (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE access_user (
    id BLOB PRIMARY KEY NOT NULL,
    -- As typed, and folded for comparison: one account per name however it is written.
    login TEXT NOT NULL,
    login_folded TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    language TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    theme TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    last_login_at BIGINT,
    -- Since when signing in takes a second factor.
    second_factor_at BIGINT
);

CREATE TABLE access_second_factor (
    user_id BLOB PRIMARY KEY NOT NULL REFERENCES access_user (id),
    -- Sealed with a key that is not in the database.
    secret BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    -- The last step of 30 seconds whose code was taken: none is taken twice.
    last_step BIGINT NOT NULL
);

CREATE TABLE access_recovery_code (
    user_id BLOB NOT NULL REFERENCES access_user (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) WITHOUT ROWID;

CREATE TABLE access_grant (
    user_id BLOB NOT NULL REFERENCES access_user (id),
    role TEXT NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    PRIMARY KEY (user_id, role, organisation_id)
) WITHOUT ROWID;

CREATE TABLE access_session (
    -- SHA-256 of the cookie: a copy of the database opens no session.
    id_hash BLOB PRIMARY KEY NOT NULL,
    -- By what its owner tells it from his others; opens nothing.
    id BLOB NOT NULL UNIQUE,
    user_id BLOB NOT NULL REFERENCES access_user (id),
    csrf_token TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- When the password was last shown to be known.
    confirmed_at BIGINT NOT NULL,
    address TEXT,
    user_agent TEXT
);
CREATE INDEX access_session_user ON access_session (user_id);

CREATE TABLE access_api_token (
    id BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL REFERENCES access_user (id),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX access_api_token_user ON access_api_token (user_id);

-- One-time links: to set up the installation (no user yet) or to set a password.
CREATE TABLE access_link (
    token_hash BLOB PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    user_id BLOB REFERENCES access_user (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- audit: who did what, chained.

CREATE TABLE audit_entry (
    seq BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT,
    action TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_name TEXT,
    details TEXT NOT NULL,
    request_id TEXT,
    address TEXT,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL
);
CREATE INDEX audit_entry_object ON audit_entry (object_kind, object_id);

-- fleet: agents and how they got in.

CREATE TABLE fleet_enrolment_token (
    id BLOB PRIMARY KEY NOT NULL,
    name TEXT,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    mode TEXT NOT NULL,
    uses INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    cidrs TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    created_by BLOB REFERENCES access_user (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE fleet_agent (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    token_id BLOB REFERENCES fleet_enrolment_token (id),
    state TEXT NOT NULL,
    hostname TEXT NOT NULL,
    evidence TEXT NOT NULL,
    -- SHA-256 of the subject public key info: the same key gets the same agent.
    public_key_hash BLOB NOT NULL UNIQUE,
    generation INTEGER NOT NULL,
    certificate_expires_at BIGINT,
    enrolled_at BIGINT NOT NULL,
    approved_at BIGINT,
    revoked_at BIGINT,
    -- Certificates it got after its last had ended, since a person let it in last.
    recoveries INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL
);

CREATE TABLE fleet_certificate (
    serial BLOB PRIMARY KEY NOT NULL,
    agent_key INTEGER NOT NULL REFERENCES fleet_agent (key),
    generation INTEGER NOT NULL,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX fleet_certificate_agent ON fleet_certificate (agent_key);

-- Written every half minute for every agent that spoke: narrow, and without foreign keys.
CREATE TABLE fleet_presence (
    agent_key INTEGER PRIMARY KEY NOT NULL,
    last_seen_at BIGINT NOT NULL,
    agent_version TEXT NOT NULL,
    address TEXT NOT NULL,
    -- Reports that the agent had to give up since its spool was made, as it says.
    dropped_reports BIGINT NOT NULL
) WITHOUT ROWID;

-- ingest: what agents sent and what is still to be reconciled.

CREATE TABLE ingest_epoch (
    agent_key INTEGER NOT NULL REFERENCES fleet_agent (key),
    epoch BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    seen BLOB NOT NULL,
    PRIMARY KEY (agent_key, epoch)
);

-- Which section content the server holds for an agent, by name: hash, epoch and number.
CREATE TABLE ingest_state (
    agent_key INTEGER PRIMARY KEY NOT NULL REFERENCES fleet_agent (key),
    sections TEXT NOT NULL
);

CREATE TABLE ingest_inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    agent_key INTEGER NOT NULL REFERENCES fleet_agent (key),
    received_at BIGINT NOT NULL,
    -- The accepted reports as zstd-compressed JSON.
    payload BLOB NOT NULL,
    attempts INTEGER NOT NULL
);
CREATE INDEX ingest_inbox_agent ON ingest_inbox (agent_key, id);

CREATE TABLE ingest_dead_letter (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    agent_key INTEGER NOT NULL REFERENCES fleet_agent (key),
    epoch BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    section TEXT,
    reason TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX ingest_dead_letter_agent ON ingest_dead_letter (agent_key, id);

-- cmdb: the register.

CREATE TABLE cmdb_class (
    name TEXT PRIMARY KEY NOT NULL,
    parent TEXT REFERENCES cmdb_class (name),
    abstract BOOLEAN NOT NULL,
    label_en TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    icon TEXT NOT NULL,
    family TEXT NOT NULL,
    position INTEGER NOT NULL
);

CREATE TABLE cmdb_attribute (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    class TEXT NOT NULL REFERENCES cmdb_class (name),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit TEXT,
    label_en TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    choices TEXT,
    position INTEGER NOT NULL,
    UNIQUE (class, name)
);

CREATE TABLE cmdb_relation_type (
    name TEXT PRIMARY KEY NOT NULL,
    label_en TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    inverse_en TEXT NOT NULL,
    inverse_ko TEXT NOT NULL,
    -- Along which end trouble travels, and what it does there: see the graph's documentation.
    propagation TEXT NOT NULL,
    effect TEXT NOT NULL
);

CREATE TABLE cmdb_ci (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    class TEXT NOT NULL REFERENCES cmdb_class (name),
    name TEXT NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    -- A dependent CI is identified under its host by `local_id`.
    parent_key INTEGER REFERENCES cmdb_ci (key),
    local_id TEXT,
    agent_key INTEGER REFERENCES fleet_agent (key),
    owner TEXT,
    support_team TEXT,
    criticality INTEGER,
    environment TEXT,
    lifecycle TEXT NOT NULL,
    first_seen_at BIGINT,
    -- When agents last saw it; of a host with an agent that is refreshed from its presence.
    last_seen_at BIGINT,
    -- Since when agents no longer see a dependent CI that they used to see.
    gone_at BIGINT,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX cmdb_ci_name ON cmdb_ci (name, key);
CREATE INDEX cmdb_ci_class ON cmdb_ci (class, name, key);
CREATE UNIQUE INDEX cmdb_ci_local ON cmdb_ci (parent_key, class, local_id) WHERE parent_key IS NOT NULL;
CREATE UNIQUE INDEX cmdb_ci_agent ON cmdb_ci (agent_key) WHERE agent_key IS NOT NULL;

-- A moment in the life of a CI at which something was learned: who said it, when it was true, when we learned it.
-- `subject_key` is the host whose agent reported, or the CI a person edited.
CREATE TABLE cmdb_revision (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    subject_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    source TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT,
    reason TEXT
);
CREATE INDEX cmdb_revision_subject ON cmdb_revision (subject_key, at);

-- What a source said of an attribute, as intervals.
CREATE TABLE cmdb_value (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    attribute_id INTEGER NOT NULL REFERENCES cmdb_attribute (id),
    source TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    opened_by BIGINT NOT NULL REFERENCES cmdb_revision (id),
    closed_by BIGINT REFERENCES cmdb_revision (id),
    value TEXT NOT NULL,
    PRIMARY KEY (ci_key, attribute_id, source, valid_from)
) WITHOUT ROWID;
CREATE UNIQUE INDEX cmdb_value_open ON cmdb_value (ci_key, attribute_id, source) WHERE valid_to IS NULL;
CREATE INDEX cmdb_value_opened ON cmdb_value (opened_by);
CREATE INDEX cmdb_value_closed ON cmdb_value (closed_by) WHERE closed_by IS NOT NULL;

-- What a CI can be recognised and found by: agent, serial, machine_id, product_uuid, mac, address, hostname, fqdn.
CREATE TABLE cmdb_identifier (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (ci_key, kind, value, valid_from)
) WITHOUT ROWID;
CREATE INDEX cmdb_identifier_value ON cmdb_identifier (value, kind) WHERE valid_to IS NULL;

CREATE TABLE cmdb_relation (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    source_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    target_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    type TEXT NOT NULL REFERENCES cmdb_relation_type (name),
    origin TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    opened_by BIGINT NOT NULL REFERENCES cmdb_revision (id),
    closed_by BIGINT REFERENCES cmdb_revision (id)
);
CREATE UNIQUE INDEX cmdb_relation_open ON cmdb_relation (source_key, target_key, type, origin) WHERE valid_to IS NULL;
CREATE INDEX cmdb_relation_source ON cmdb_relation (source_key, type);
CREATE INDEX cmdb_relation_target ON cmdb_relation (target_key, type);

-- What was seen of an observed relation, by which end (`source` or `target`). Counters, not history.
CREATE TABLE cmdb_evidence (
    relation_key BIGINT NOT NULL REFERENCES cmdb_relation (key),
    seen_by TEXT NOT NULL,
    samples INTEGER NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    ports TEXT NOT NULL,
    PRIMARY KEY (relation_key, seen_by)
) WITHOUT ROWID;

-- The last whole content of each section of a host, or why there is none newer.
CREATE TABLE cmdb_section (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    section TEXT NOT NULL,
    state TEXT NOT NULL,
    hash BLOB,
    observed_at BIGINT,
    received_at BIGINT NOT NULL,
    -- zstd-compressed JSON as sent; absent for `software`, which is rows.
    body BLOB,
    fault TEXT,
    fault_since BIGINT,
    PRIMARY KEY (ci_key, section)
);

-- catalogue: products, versions and where they are installed.

CREATE TABLE catalogue_product (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ecosystem TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (ecosystem, name)
);
CREATE INDEX catalogue_product_name ON catalogue_product (name, id);

CREATE TABLE catalogue_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES catalogue_product (id),
    version TEXT NOT NULL,
    architecture TEXT NOT NULL,
    source TEXT,
    source_version TEXT,
    vendor TEXT,
    size_bytes BIGINT,
    UNIQUE (product_id, version, architecture)
);

-- What is installed where, by far the most there is of anything: up to 64 versions of a host in one row. Version `v` is
-- bit `v % 64` of block `v / 64`; a row holds those versions of a block that were there from exactly one time to exactly
-- one other. Hosts of one make share their versions, and versions are numbered by product, so that rows fill well. Who
-- said so is the revision of the same CI and time.
CREATE TABLE catalogue_installation_set (
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    bits BIGINT NOT NULL,
    ci_key INTEGER NOT NULL,
    block INTEGER NOT NULL
);
CREATE UNIQUE INDEX catalogue_installation_set_open ON catalogue_installation_set (ci_key, block, valid_from)
    WHERE valid_to IS NULL;
CREATE INDEX catalogue_installation_set_closed ON catalogue_installation_set (ci_key, valid_to)
    WHERE valid_to IS NOT NULL;
CREATE INDEX catalogue_installation_set_block ON catalogue_installation_set (block);

-- One row per package and host, for reading.
CREATE VIEW catalogue_installation AS
    SELECT s.valid_from, s.ci_key, v.id AS version_id, s.valid_to
    FROM catalogue_installation_set s
    JOIN catalogue_version v ON s.block = v.id / 64 AND v.id >= s.block * 64 AND v.id < s.block * 64 + 64
        AND (s.bits >> (v.id % 64)) & 1 = 1;

-- capacity: utilisation, one row per host and window.

CREATE TABLE capacity_sample (
    ci_key INTEGER NOT NULL,
    at BIGINT NOT NULL,
    -- How long the window is; an agent that was away for long sends hours instead of five minutes.
    window_s INTEGER NOT NULL,
    -- All series of the window, zstd-compressed; see `capacity/codec.rs`.
    body BLOB NOT NULL,
    PRIMARY KEY (ci_key, at, window_s)
);

-- The trail only grows.
CREATE TRIGGER audit_entry_not_updated BEFORE UPDATE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit entries are never changed or deleted');
END;
CREATE TRIGGER audit_entry_not_deleted BEFORE DELETE ON audit_entry
BEGIN
    SELECT RAISE(ABORT, 'audit entries are never changed or deleted');
END;
