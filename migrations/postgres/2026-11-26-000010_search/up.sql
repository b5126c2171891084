-- index: what can be searched for, as documents, and the n-grams they are found by.

-- `kind` is 1 for a CI, 2 for a product, 3 for an agent; `item` is its key.
CREATE TABLE index_document (
    id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind INTEGER NOT NULL,
    item INTEGER NOT NULL,
    organisation_id UUID,
    -- Folded, as everything here: in lower case, of one width, composed.
    name TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    -- The n-grams. SQLite has them in `index_gram`.
    grams INTEGER[] NOT NULL
);
CREATE UNIQUE INDEX index_document_item ON index_document (kind, item);
CREATE INDEX index_document_name ON index_document (kind, name);
-- What was written last is read one by one until it is merged in: little of it, so that searching stays fast.
CREATE INDEX index_document_grams ON index_document USING gin (grams) WITH (gin_pending_list_limit = 1024);

-- Addresses that a CI has or had as 32 hexadecimal digits, so that the addresses of a network lie side by side.
CREATE TABLE index_address (
    ci_key INTEGER NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    valid_from TIMESTAMPTZ NOT NULL,
    valid_to TIMESTAMPTZ,
    PRIMARY KEY (ci_key, address, valid_from)
);
CREATE INDEX index_address_address ON index_address (address, ci_key);

-- What changed since its document was written; written by triggers in the transaction of the change. A row for each
-- change: one that stands here already may be taken by somebody who does not see yet what this transaction changes.
CREATE TABLE index_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind INTEGER NOT NULL,
    item INTEGER NOT NULL
);
CREATE INDEX index_change_item ON index_change (kind, item);

CREATE FUNCTION index_ci_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item) VALUES (1, NEW.key);
    RETURN NULL;
END
$$;
CREATE FUNCTION index_cis_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item) SELECT 1, key FROM changed;
    RETURN NULL;
END
$$;
CREATE FUNCTION index_texts_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item) SELECT DISTINCT 1, ci_key FROM changed;
    RETURN NULL;
END
$$;
CREATE FUNCTION index_texts_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item)
    SELECT 1, ci_key FROM changed UNION SELECT 1, ci_key FROM unchanged;
    RETURN NULL;
END
$$;
CREATE FUNCTION index_products_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item) SELECT 2, id FROM changed;
    RETURN NULL;
END
$$;
CREATE FUNCTION index_agent_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO index_change (kind, item) VALUES (3, coalesce(NEW.key, OLD.key));
    RETURN NULL;
END
$$;

CREATE TRIGGER index_ci_inserted AFTER INSERT ON cmdb_ci
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_cis_changed();
CREATE TRIGGER index_ci_updated AFTER UPDATE OF name, class, organisation_id, owner, support_team ON cmdb_ci
    FOR EACH ROW EXECUTE FUNCTION index_ci_changed();
CREATE TRIGGER index_ci_deleted AFTER DELETE ON cmdb_ci
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_cis_changed();
CREATE TRIGGER index_value_inserted AFTER INSERT ON cmdb_value
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_texts_changed();
CREATE TRIGGER index_value_updated AFTER UPDATE ON cmdb_value
    REFERENCING NEW TABLE AS changed OLD TABLE AS unchanged FOR EACH STATEMENT EXECUTE FUNCTION index_texts_moved();
CREATE TRIGGER index_value_deleted AFTER DELETE ON cmdb_value
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_texts_changed();
CREATE TRIGGER index_identifier_inserted AFTER INSERT ON cmdb_identifier
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_texts_changed();
CREATE TRIGGER index_identifier_updated AFTER UPDATE ON cmdb_identifier
    REFERENCING NEW TABLE AS changed OLD TABLE AS unchanged FOR EACH STATEMENT EXECUTE FUNCTION index_texts_moved();
CREATE TRIGGER index_identifier_deleted AFTER DELETE ON cmdb_identifier
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_texts_changed();
CREATE TRIGGER index_product_inserted AFTER INSERT ON catalogue_product
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_products_changed();
CREATE TRIGGER index_product_updated AFTER UPDATE ON catalogue_product
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_products_changed();
CREATE TRIGGER index_product_deleted AFTER DELETE ON catalogue_product
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION index_products_changed();
CREATE TRIGGER index_agent_inserted AFTER INSERT ON fleet_agent
    FOR EACH ROW EXECUTE FUNCTION index_agent_changed();
CREATE TRIGGER index_agent_updated AFTER UPDATE OF hostname, organisation_id ON fleet_agent
    FOR EACH ROW EXECUTE FUNCTION index_agent_changed();
CREATE TRIGGER index_agent_deleted AFTER DELETE ON fleet_agent
    FOR EACH ROW EXECUTE FUNCTION index_agent_changed();

-- What there is already is written by the job that keeps the index.
INSERT INTO index_change (kind, item) SELECT 1, key FROM cmdb_ci ORDER BY key;
INSERT INTO index_change (kind, item) SELECT 2, id FROM catalogue_product ORDER BY id;
INSERT INTO index_change (kind, item) SELECT 3, key FROM fleet_agent ORDER BY key;

-- Searches that people keep: groups of CIs that follow what is true.
CREATE TABLE cmdb_saved_search (
    id UUID PRIMARY KEY NOT NULL,
    organisation_id UUID NOT NULL REFERENCES access_organisation (id),
    owner_id UUID NOT NULL REFERENCES access_user (id),
    name TEXT NOT NULL,
    -- The name folded: two that look alike are not told apart.
    name_folded TEXT COLLATE "C" NOT NULL,
    query TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX cmdb_saved_search_name ON cmdb_saved_search (name_folded);
CREATE INDEX cmdb_saved_search_owner ON cmdb_saved_search (owner_id);
