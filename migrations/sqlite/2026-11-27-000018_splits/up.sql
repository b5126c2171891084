-- Who was found to report of another CI than was thought, and got one of its own. Taking that back is a merge of the two.
CREATE TABLE identification_split (
    key INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id BLOB NOT NULL UNIQUE,
    original_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    separate_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    source TEXT NOT NULL,
    reporter_name TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor_name TEXT,
    reason TEXT
);
CREATE INDEX identification_split_original ON identification_split (original_key);
CREATE INDEX identification_split_separate ON identification_split (separate_key);
