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
    valid_from BIGINT NOT NULL,
    valid_to BIGINT,
    from_key INTEGER REFERENCES cmdb_ci (key),
    PRIMARY KEY (ci_key, attribute_id, valid_from)
) WITHOUT ROWID;
CREATE UNIQUE INDEX cmdb_inheritance_open ON cmdb_inheritance (ci_key, attribute_id) WHERE valid_to IS NULL;

-- Items that are to be looked at, with so many levels of what is below them; written by triggers in the transaction of
-- the change, and by the job that looks at them for the level below.
CREATE TABLE cmdb_inheritance_change (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    ci_key INTEGER NOT NULL,
    levels INTEGER NOT NULL
);
CREATE INDEX cmdb_inheritance_change_next ON cmdb_inheritance_change (levels DESC, id);
CREATE INDEX cmdb_inheritance_change_ci ON cmdb_inheritance_change (ci_key);

-- What an item itself says of what is passed on.
CREATE TRIGGER cmdb_inheritance_value_inserted AFTER INSERT ON cmdb_value
WHEN NEW.shown AND NEW.source <> 'inherited'
    AND EXISTS (SELECT 1 FROM cmdb_attribute WHERE id = NEW.attribute_id AND passed_on)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT NEW.ci_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = NEW.ci_key AND levels = 8);
END;
CREATE TRIGGER cmdb_inheritance_value_updated AFTER UPDATE OF shown ON cmdb_value
WHEN OLD.shown <> NEW.shown AND NEW.source <> 'inherited'
    AND EXISTS (SELECT 1 FROM cmdb_attribute WHERE id = NEW.attribute_id AND passed_on)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT NEW.ci_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = NEW.ci_key AND levels = 8);
END;
CREATE TRIGGER cmdb_inheritance_value_deleted AFTER DELETE ON cmdb_value
WHEN OLD.shown AND OLD.source <> 'inherited'
    AND EXISTS (SELECT 1 FROM cmdb_attribute WHERE id = OLD.attribute_id AND passed_on)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT OLD.ci_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = OLD.ci_key AND levels = 8);
END;
-- Where it is, what it is part of, whether its life is over.
CREATE TRIGGER cmdb_inheritance_ci_inserted AFTER INSERT ON cmdb_ci WHEN NEW.parent_key IS NOT NULL BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) VALUES (NEW.key, 8);
END;
CREATE TRIGGER cmdb_inheritance_ci_updated AFTER UPDATE OF parent_key, survivor_key, lifecycle, class ON cmdb_ci
WHEN OLD.parent_key IS NOT NEW.parent_key OR OLD.survivor_key IS NOT NEW.survivor_key
    OR OLD.lifecycle <> NEW.lifecycle OR OLD.class <> NEW.class
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels)
    SELECT concerned.key, 8
    FROM (SELECT NEW.key AS key UNION SELECT OLD.survivor_key UNION SELECT NEW.survivor_key) concerned
    WHERE concerned.key IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = concerned.key AND levels = 8);
END;
CREATE TRIGGER cmdb_inheritance_relation_inserted AFTER INSERT ON cmdb_relation
WHEN EXISTS (SELECT 1 FROM cmdb_relation_type WHERE name = NEW.type AND containment IS NOT NULL)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT NEW.source_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = NEW.source_key AND levels = 8);
END;
CREATE TRIGGER cmdb_inheritance_relation_updated AFTER UPDATE OF valid_to ON cmdb_relation
WHEN OLD.valid_to IS NOT NEW.valid_to
    AND EXISTS (SELECT 1 FROM cmdb_relation_type WHERE name = NEW.type AND containment IS NOT NULL)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT NEW.source_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = NEW.source_key AND levels = 8);
END;
CREATE TRIGGER cmdb_inheritance_relation_deleted AFTER DELETE ON cmdb_relation
WHEN EXISTS (SELECT 1 FROM cmdb_relation_type WHERE name = OLD.type AND containment IS NOT NULL)
BEGIN
    INSERT INTO cmdb_inheritance_change (ci_key, levels) SELECT OLD.source_key, 8
    WHERE NOT EXISTS (SELECT 1 FROM cmdb_inheritance_change WHERE ci_key = OLD.source_key AND levels = 8);
END;
