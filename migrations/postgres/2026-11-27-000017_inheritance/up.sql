-- What items take over from what contains them.

-- Whether what contains an item passes its value on to it, where nobody says anything of the item itself.
ALTER TABLE cmdb_attribute ADD COLUMN passed_on BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE cmdb_attribute SET passed_on = TRUE
    WHERE class = 'ci' AND name IN ('owner', 'support_team', 'criticality', 'environment');

-- Whether the source of such a relation is contained in its target, and which of several kinds goes first: the least.
-- What is under a host is contained in it before all. Filled in when the server starts, which then looks at everything.
ALTER TABLE cmdb_relation_type ADD COLUMN containment INTEGER;

-- From what an item takes a value over; no item where several are as near and differ, so that nothing is taken over. The
-- value itself stands in cmdb_value under the source `inherited`.
CREATE TABLE cmdb_inheritance (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    attribute_id INTEGER NOT NULL REFERENCES cmdb_attribute (id),
    valid_from TIMESTAMPTZ NOT NULL,
    valid_to TIMESTAMPTZ,
    from_key INTEGER REFERENCES cmdb_ci (key),
    PRIMARY KEY (ci_key, attribute_id, valid_from)
);
CREATE UNIQUE INDEX cmdb_inheritance_open ON cmdb_inheritance (ci_key, attribute_id) WHERE valid_to IS NULL;

-- Items that are to be looked at, with so many levels of what is below them; written by triggers in the transaction of
-- the change, and by the job that looks at them for the level below. A row for each change: one that stands here already
-- may be taken by somebody who does not see yet what this transaction changes.
CREATE TABLE cmdb_inheritance_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ci_key INTEGER NOT NULL,
    levels INTEGER NOT NULL
);
CREATE INDEX cmdb_inheritance_change_next ON cmdb_inheritance_change (levels DESC, id);
CREATE INDEX cmdb_inheritance_change_ci ON cmdb_inheritance_change (ci_key);

-- What an item itself says of what is passed on.
CREATE FUNCTION cmdb_inheritance_said() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT DISTINCT said.ci_key, 8 FROM changed said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.passed_on
    WHERE said.shown AND said.source <> 'inherited';
    RETURN NULL;
END
$$;
CREATE FUNCTION cmdb_inheritance_said_otherwise() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT DISTINCT said.ci_key, 8 FROM (
        SELECT ci_key, attribute_id, source, valid_from, shown FROM changed WHERE source <> 'inherited'
        EXCEPT SELECT ci_key, attribute_id, source, valid_from, shown FROM unchanged WHERE source <> 'inherited'
    ) said JOIN cmdb_attribute a ON a.id = said.attribute_id AND a.passed_on;
    RETURN NULL;
END
$$;
CREATE TRIGGER cmdb_inheritance_value_inserted AFTER INSERT ON cmdb_value
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_said();
CREATE TRIGGER cmdb_inheritance_value_updated AFTER UPDATE ON cmdb_value
    REFERENCING NEW TABLE AS changed OLD TABLE AS unchanged
    FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_said_otherwise();
CREATE TRIGGER cmdb_inheritance_value_deleted AFTER DELETE ON cmdb_value
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_said();

-- Where it is, what it is part of, whether its life is over.
CREATE FUNCTION cmdb_inheritance_came() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT key, 8 FROM changed WHERE parent_key IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE FUNCTION cmdb_inheritance_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT concerned.key, 8
    FROM (SELECT NEW.key AS key UNION SELECT OLD.survivor_key UNION SELECT NEW.survivor_key) concerned
    WHERE concerned.key IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER cmdb_inheritance_ci_inserted AFTER INSERT ON cmdb_ci
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_came();
CREATE TRIGGER cmdb_inheritance_ci_updated AFTER UPDATE OF parent_key, survivor_key, lifecycle, class ON cmdb_ci
    FOR EACH ROW WHEN (OLD.parent_key IS DISTINCT FROM NEW.parent_key
        OR OLD.survivor_key IS DISTINCT FROM NEW.survivor_key
        OR OLD.lifecycle <> NEW.lifecycle OR OLD.class <> NEW.class)
    EXECUTE FUNCTION cmdb_inheritance_moved();

CREATE FUNCTION cmdb_inheritance_related() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT DISTINCT tie.source_key, 8 FROM changed tie
    JOIN cmdb_relation_type t ON t.name = tie.type AND t.containment IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE FUNCTION cmdb_inheritance_unrelated() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT NEW.source_key, 8 FROM cmdb_relation_type t WHERE t.name = NEW.type AND t.containment IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER cmdb_inheritance_relation_inserted AFTER INSERT ON cmdb_relation
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_related();
CREATE TRIGGER cmdb_inheritance_relation_updated AFTER UPDATE OF valid_to ON cmdb_relation
    FOR EACH ROW WHEN (OLD.valid_to IS DISTINCT FROM NEW.valid_to) EXECUTE FUNCTION cmdb_inheritance_unrelated();
CREATE TRIGGER cmdb_inheritance_relation_deleted AFTER DELETE ON cmdb_relation
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_inheritance_related();
