-- Tags as they are looked for, and edits of many items at once.

-- What is shown of the attribute `tags` of a row, tag by tag: written by triggers in the transaction of the change.
CREATE TABLE cmdb_tag (
    tag TEXT COLLATE "C" NOT NULL,
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    PRIMARY KEY (tag, ci_key)
);
CREATE INDEX cmdb_tag_ci ON cmdb_tag (ci_key);

CREATE FUNCTION cmdb_tags_written(rows INTEGER[], tags INTEGER) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cmdb_tag WHERE ci_key = ANY (rows);
    INSERT INTO cmdb_tag (tag, ci_key)
    SELECT DISTINCT entry, said.ci_key FROM cmdb_value said, jsonb_array_elements_text(said.value::jsonb) AS entry
    WHERE said.ci_key = ANY (rows) AND said.attribute_id = tags AND said.shown AND said.valid_to IS NULL
    ON CONFLICT DO NOTHING;
END
$$;
CREATE FUNCTION cmdb_tags_changed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    tags INTEGER := (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list');
    rows INTEGER[] := (SELECT array_agg(DISTINCT ci_key) FROM changed WHERE attribute_id = tags);
BEGIN
    IF rows IS NOT NULL THEN
        PERFORM cmdb_tags_written(rows, tags);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION cmdb_tags_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    tags INTEGER := (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list');
    rows INTEGER[] := (SELECT array_agg(ci_key) FROM (
        SELECT ci_key FROM changed WHERE attribute_id = tags
        UNION SELECT ci_key FROM unchanged WHERE attribute_id = tags) moved);
BEGIN
    IF rows IS NOT NULL THEN
        PERFORM cmdb_tags_written(rows, tags);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER cmdb_tag_said AFTER INSERT ON cmdb_value
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_tags_changed();
CREATE TRIGGER cmdb_tag_changed AFTER UPDATE ON cmdb_value
    REFERENCING NEW TABLE AS changed OLD TABLE AS unchanged FOR EACH STATEMENT EXECUTE FUNCTION cmdb_tags_moved();
CREATE TRIGGER cmdb_tag_forgotten AFTER DELETE ON cmdb_value
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION cmdb_tags_changed();

-- An installation may have made such an attribute by itself.
INSERT INTO cmdb_tag (tag, ci_key)
SELECT DISTINCT entry, said.ci_key FROM cmdb_value said, jsonb_array_elements_text(said.value::jsonb) AS entry
WHERE said.shown AND said.valid_to IS NULL
    AND said.attribute_id = (SELECT id FROM cmdb_attribute WHERE class = 'ci' AND name = 'tags' AND kind = 'list');

-- What a person has done to many items at once.
CREATE TABLE cmdb_edit (
    id UUID PRIMARY KEY NOT NULL,
    -- preparing, preview, applying, stopped, applied, undoing, undone.
    state TEXT NOT NULL,
    -- What is said of each item, by attribute.
    changes JSONB NOT NULL,
    -- What found the items; none where they were named one by one.
    filter JSONB,
    reason TEXT,
    author_id UUID,
    author_name TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    -- Who has it carried out or taken back, and in which organisations he may; none stands for all.
    acting_id UUID,
    acting_name TEXT,
    acting_scope JSONB,
    began_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    undone_by TEXT,
    undone_at TIMESTAMPTZ,
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
    edit_id UUID NOT NULL REFERENCES cmdb_edit (id),
    organisation_id UUID NOT NULL REFERENCES access_organisation (id),
    PRIMARY KEY (edit_id, organisation_id)
);

CREATE TABLE cmdb_edit_item (
    edit_id UUID NOT NULL REFERENCES cmdb_edit (id),
    -- From 0, by the items' keys.
    place INTEGER NOT NULL,
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    -- change, same, refused; then changed; then restored, kept.
    outcome TEXT NOT NULL,
    -- Why it is refused or kept: the first of the faults.
    why TEXT,
    faults JSONB NOT NULL,
    -- What differs by it: what people said and what was shown, before and after.
    differences JSONB NOT NULL,
    PRIMARY KEY (edit_id, place)
);
CREATE INDEX cmdb_edit_item_outcome ON cmdb_edit_item (edit_id, outcome, place);
