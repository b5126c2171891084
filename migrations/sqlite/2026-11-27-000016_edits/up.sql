-- Tags as they are looked for, and edits of many items at once.

-- What is shown of the attribute `tags` of a row, tag by tag: written by triggers in the transaction of the change.
CREATE TABLE cmdb_tag (
    tag TEXT NOT NULL,
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    PRIMARY KEY (tag, ci_key)
) WITHOUT ROWID;
CREATE INDEX cmdb_tag_ci ON cmdb_tag (ci_key);

CREATE TRIGGER cmdb_tag_said AFTER INSERT ON cmdb_value WHEN NEW.shown AND NEW.valid_to IS NULL
    AND NEW.attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list')
BEGIN
    INSERT OR IGNORE INTO cmdb_tag (tag, ci_key) SELECT value, NEW.ci_key FROM json_each(NEW.value);
END;
CREATE TRIGGER cmdb_tag_changed AFTER UPDATE ON cmdb_value WHEN (NEW.shown OR OLD.shown)
    AND NEW.attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list')
BEGIN
    DELETE FROM cmdb_tag WHERE ci_key IN (OLD.ci_key, NEW.ci_key);
    INSERT OR IGNORE INTO cmdb_tag (tag, ci_key)
    SELECT entry.value, said.ci_key FROM cmdb_value said, json_each(said.value) entry
    WHERE said.ci_key IN (OLD.ci_key, NEW.ci_key) AND said.attribute_id = NEW.attribute_id AND said.shown
        AND said.valid_to IS NULL;
END;
CREATE TRIGGER cmdb_tag_forgotten AFTER DELETE ON cmdb_value WHEN OLD.shown
    AND OLD.attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list')
BEGIN
    DELETE FROM cmdb_tag WHERE ci_key = OLD.ci_key;
END;

-- An installation may have made such an attribute by itself.
INSERT OR IGNORE INTO cmdb_tag (tag, ci_key)
SELECT entry.value, said.ci_key FROM cmdb_value said, json_each(said.value) entry
WHERE said.shown AND said.valid_to IS NULL
    AND said.attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list');

-- What a person has done to many items at once.
CREATE TABLE cmdb_edit (
    id BLOB PRIMARY KEY NOT NULL,
    -- preparing, preview, applying, stopped, applied, undoing, undone.
    state TEXT NOT NULL,
    -- What is said of each item, by attribute.
    changes TEXT NOT NULL,
    -- What found the items; none where they were named one by one.
    filter TEXT,
    reason TEXT,
    author_id BLOB,
    author_name TEXT,
    created_at BIGINT NOT NULL,
    -- Who has it carried out or taken back, and in which organisations he may; none stands for all.
    acting_id BLOB,
    acting_name TEXT,
    acting_scope TEXT,
    began_at BIGINT,
    ended_at BIGINT,
    undone_by TEXT,
    undone_at BIGINT,
    undo_reason TEXT,
    -- How many items it is about, and what is to become or has become of how many of them.
    items INTEGER NOT NULL,
    changing INTEGER NOT NULL,
    same INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    restored INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    -- The place of the item that is next.
    next_place INTEGER NOT NULL
);
CREATE INDEX cmdb_edit_created ON cmdb_edit (created_at, id);
CREATE INDEX cmdb_edit_under_way ON cmdb_edit (created_at) WHERE state IN ('preparing', 'preview', 'applying', 'undoing');

-- To which organisations its items belong.
CREATE TABLE cmdb_edit_organisation (
    edit_id BLOB NOT NULL REFERENCES cmdb_edit (id),
    organisation_id BLOB NOT NULL REFERENCES access_organisation (id),
    PRIMARY KEY (edit_id, organisation_id)
) WITHOUT ROWID;

CREATE TABLE cmdb_edit_item (
    edit_id BLOB NOT NULL REFERENCES cmdb_edit (id),
    -- From 0, by the items' keys.
    place INTEGER NOT NULL,
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    -- change, same, refused; then changed; then restored, kept.
    outcome TEXT NOT NULL,
    -- Why it is refused or kept: the first of the faults.
    why TEXT,
    faults TEXT NOT NULL,
    -- What differs by it: what people said and what was shown, before and after.
    differences TEXT NOT NULL,
    PRIMARY KEY (edit_id, place)
) WITHOUT ROWID;
CREATE INDEX cmdb_edit_item_outcome ON cmdb_edit_item (edit_id, outcome, place);
