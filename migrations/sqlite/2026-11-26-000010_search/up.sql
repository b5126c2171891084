-- index: what can be searched for, as documents, and the n-grams they are found by.

-- `kind` is 1 for a CI, 2 for a product, 3 for an agent; `item` is its key.
CREATE TABLE index_document (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind INTEGER NOT NULL,
    item INTEGER NOT NULL,
    organisation_id BLOB,
    -- Folded, as everything here: in lower case, of one width, composed.
    name TEXT NOT NULL,
    folded TEXT NOT NULL
);
CREATE UNIQUE INDEX index_document_item ON index_document (kind, item);
CREATE INDEX index_document_name ON index_document (kind, name);

-- The n-grams of a document, under its id. PostgreSQL has them in `index_document.grams`.
CREATE VIRTUAL TABLE index_gram USING fts5 (grams, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- Addresses that a CI has or had as 32 hexadecimal digits, so that the addresses of a network lie side by side.
CREATE TABLE index_address (
    ci_key INTEGER NOT NULL,
    address TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    PRIMARY KEY (ci_key, address, valid_from)
) WITHOUT ROWID;
CREATE INDEX index_address_address ON index_address (address, ci_key);

-- What changed since its document was written; written by triggers in the transaction of the change.
CREATE TABLE index_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind INTEGER NOT NULL,
    item INTEGER NOT NULL
);
CREATE INDEX index_change_item ON index_change (kind, item);

CREATE TRIGGER index_ci_inserted AFTER INSERT ON cmdb_ci BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.key);
END;
CREATE TRIGGER index_ci_updated AFTER UPDATE OF name, class, organisation_id, owner, support_team ON cmdb_ci BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.key);
END;
CREATE TRIGGER index_ci_deleted AFTER DELETE ON cmdb_ci BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, OLD.key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = OLD.key);
END;
CREATE TRIGGER index_value_inserted AFTER INSERT ON cmdb_value BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.ci_key);
END;
CREATE TRIGGER index_value_updated AFTER UPDATE ON cmdb_value BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.ci_key);
    INSERT INTO index_change (kind, item) SELECT 1, OLD.ci_key WHERE OLD.ci_key <> NEW.ci_key;
END;
CREATE TRIGGER index_value_deleted AFTER DELETE ON cmdb_value BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, OLD.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = OLD.ci_key);
END;
CREATE TRIGGER index_identifier_inserted AFTER INSERT ON cmdb_identifier BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.ci_key);
END;
CREATE TRIGGER index_identifier_updated AFTER UPDATE ON cmdb_identifier BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, NEW.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = NEW.ci_key);
    INSERT INTO index_change (kind, item) SELECT 1, OLD.ci_key WHERE OLD.ci_key <> NEW.ci_key;
END;
CREATE TRIGGER index_identifier_deleted AFTER DELETE ON cmdb_identifier BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, OLD.ci_key
    WHERE NOT EXISTS (SELECT 1 FROM index_change WHERE kind = 1 AND item = OLD.ci_key);
END;
CREATE TRIGGER index_product_inserted AFTER INSERT ON catalogue_product BEGIN
    INSERT INTO index_change (kind, item) VALUES (2, NEW.id);
END;
CREATE TRIGGER index_product_updated AFTER UPDATE OF name ON catalogue_product BEGIN
    INSERT INTO index_change (kind, item) VALUES (2, NEW.id);
END;
CREATE TRIGGER index_product_deleted AFTER DELETE ON catalogue_product BEGIN
    INSERT INTO index_change (kind, item) VALUES (2, OLD.id);
END;
CREATE TRIGGER index_agent_inserted AFTER INSERT ON fleet_agent BEGIN
    INSERT INTO index_change (kind, item) VALUES (3, NEW.key);
END;
CREATE TRIGGER index_agent_updated AFTER UPDATE OF hostname, organisation_id ON fleet_agent BEGIN
    INSERT INTO index_change (kind, item) VALUES (3, NEW.key);
END;
CREATE TRIGGER index_agent_deleted AFTER DELETE ON fleet_agent BEGIN
    INSERT INTO index_change (kind, item) VALUES (3, OLD.key);
END;

-- What there is already is written by the job that keeps the index.
INSERT INTO index_change (kind, item) SELECT 1, key FROM cmdb_ci ORDER BY key;
INSERT INTO index_change (kind, item) SELECT 2, id FROM catalogue_product ORDER BY id;
INSERT INTO index_change (kind, item) SELECT 3, key FROM fleet_agent ORDER BY key;

-- Searches that people keep: groups of CIs that follow what is true.
CREATE TABLE cmdb_saved_search (
    id BLOB PRIMARY KEY NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    owner_id BLOB NOT NULL REFERENCES access_user (id),
    name TEXT NOT NULL,
    -- The name folded: two that look alike are not told apart.
    name_folded TEXT NOT NULL,
    query TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX cmdb_saved_search_name ON cmdb_saved_search (name_folded);
CREATE INDEX cmdb_saved_search_owner ON cmdb_saved_search (owner_id);
