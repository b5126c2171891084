-- Sources as data, what people pinned, and what is shown.

CREATE TABLE cmdb_source (
    name TEXT PRIMARY KEY NOT NULL,
    -- agent, inventory, import, integration, person.
    kind TEXT NOT NULL,
    label_en TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    -- What a source says that is not enabled is kept and not shown.
    enabled BOOLEAN NOT NULL,
    -- How long a statement counts as fresh after its source last confirmed it; empty: for ever.
    stale_after_s INTEGER,
    version INTEGER NOT NULL
);

-- Who is believed first. Of no attribute: of all that have no order of their own.
CREATE TABLE cmdb_source_order (
    class TEXT NOT NULL REFERENCES cmdb_class (name),
    attribute TEXT NOT NULL,
    sources TEXT NOT NULL,
    PRIMARY KEY (class, attribute)
);

-- A value that a person pinned; the value itself stands in cmdb_value under the source `pin`.
CREATE TABLE cmdb_pin (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    attribute_id INTEGER NOT NULL REFERENCES cmdb_attribute (id),
    pinned_at BIGINT NOT NULL,
    expires_at BIGINT,
    -- Whose statement it was; empty if it was the person's own.
    source TEXT,
    ended_at BIGINT,
    PRIMARY KEY (ci_key, attribute_id, pinned_at)
);
CREATE INDEX cmdb_pin_expiry ON cmdb_pin (expires_at) WHERE ended_at IS NULL;

-- How a source stands to an item: when it last mentioned it (of agents their presence tells), and whether what it says
-- of it and of what is under it counted as stale when that was last looked at.
CREATE TABLE cmdb_standing (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    source TEXT NOT NULL,
    confirmed_at BIGINT,
    stale BOOLEAN NOT NULL,
    PRIMARY KEY (ci_key, source)
);
CREATE INDEX cmdb_standing_source ON cmdb_standing (source, stale, confirmed_at);

-- Whether this is what is shown now: of all that is open, one of each attribute of an item.
ALTER TABLE cmdb_value ADD COLUMN shown BOOLEAN NOT NULL DEFAULT FALSE;

-- Of the rows that an item is made of, its own goes first.
UPDATE cmdb_value SET shown = TRUE WHERE valid_to IS NULL AND (ci_key, attribute_id, source) IN (
    SELECT first.ci_key, first.attribute_id, first.source FROM (
        SELECT said.ci_key, said.attribute_id, said.source, ROW_NUMBER() OVER (
            PARTITION BY COALESCE(c.survivor_key, c.key), said.attribute_id
            ORDER BY CASE WHEN a.name IN ('name', 'owner', 'support_team', 'criticality', 'environment', 'lifecycle')
                THEN CASE said.source WHEN 'person' THEN 0 WHEN 'import' THEN 1 ELSE 2 END
                ELSE CASE said.source WHEN 'agent' THEN 0 WHEN 'person' THEN 1 ELSE 2 END END,
                CASE WHEN c.survivor_key IS NULL THEN 0 ELSE 1 END, said.ci_key
        ) AS place
        FROM cmdb_value said JOIN cmdb_ci c ON c.key = said.ci_key JOIN cmdb_attribute a ON a.id = said.attribute_id
        WHERE said.valid_to IS NULL
    ) first
    WHERE first.place = 1);

-- Lists are filtered by it. Values may be long, and index entries must not be.
CREATE INDEX cmdb_value_shown ON cmdb_value (attribute_id, substr(value, 1, 200), ci_key) WHERE shown;
-- An attribute on which sources differ has a statement that is not shown: only those can change by an order.
CREATE INDEX cmdb_value_contested ON cmdb_value (ci_key, attribute_id) WHERE valid_to IS NULL AND NOT shown;
