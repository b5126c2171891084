CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- What the server holds of each section, as far as it said so.
CREATE TABLE section (
    section    TEXT PRIMARY KEY,
    acked      BLOB,
    refused    BLOB,
    fault      BLOB,
    wants_full INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE spool (
    id          INTEGER PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'named', 'kept', 'dead')),
    epoch       TEXT,
    seq         INTEGER,
    content     TEXT NOT NULL,
    section     TEXT,
    kind        TEXT,
    base        BLOB,
    hash        BLOB NOT NULL,
    boot_id     TEXT NOT NULL,
    at_wall_ms  INTEGER NOT NULL,
    at_mono_ms  INTEGER NOT NULL,
    length      INTEGER NOT NULL,
    body        BLOB NOT NULL,
    settled_ms  INTEGER,
    why         TEXT,
    UNIQUE (epoch, seq),
    CHECK ((epoch IS NULL) = (state = 'waiting'))
) STRICT;

CREATE INDEX spool_by_state ON spool (state, content, section);

-- `metrics`: utilisation that is lost. `thinned`: reports of it that were replaced by coarser ones.
CREATE TABLE dropped (
    content    TEXT PRIMARY KEY,
    from_ms    INTEGER NOT NULL,
    to_ms      INTEGER NOT NULL,
    count      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
