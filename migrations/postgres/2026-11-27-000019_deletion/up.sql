-- An item that is deleted takes along all that was ever said of it, in whatever table; only the audit trail knows that it
-- was there. A baseline that names it keeps it from being deleted.
CREATE INDEX cmdb_relation_opened ON cmdb_relation (opened_by);
CREATE INDEX cmdb_relation_closed ON cmdb_relation (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX cmdb_baseline_member_ci ON cmdb_baseline_member (ci_key);
CREATE INDEX cmdb_edit_item_ci ON cmdb_edit_item (ci_key);
CREATE INDEX cmdb_policy_effect_ci ON cmdb_policy_effect (ci_key);
CREATE INDEX cmdb_inheritance_from ON cmdb_inheritance (from_key) WHERE from_key IS NOT NULL;
CREATE INDEX identification_proposal_older ON identification_proposal (older_key);

CREATE FUNCTION cmdb_ci_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM cmdb_evidence WHERE relation_key IN
        (SELECT key FROM cmdb_relation WHERE source_key = OLD.key OR target_key = OLD.key);
    DELETE FROM cmdb_relation WHERE source_key = OLD.key OR target_key = OLD.key;
    DELETE FROM cmdb_value WHERE ci_key = OLD.key;
    DELETE FROM cmdb_pin WHERE ci_key = OLD.key;
    DELETE FROM cmdb_standing WHERE ci_key = OLD.key;
    DELETE FROM cmdb_identifier WHERE ci_key = OLD.key;
    DELETE FROM cmdb_refused_value WHERE ci_key = OLD.key;
    DELETE FROM cmdb_section WHERE ci_key = OLD.key;
    DELETE FROM cmdb_tag WHERE ci_key = OLD.key;
    DELETE FROM cmdb_external_key WHERE ci_key = OLD.key;
    DELETE FROM cmdb_attestation WHERE ci_key = OLD.key;
    DELETE FROM cmdb_policy_match WHERE ci_key = OLD.key;
    DELETE FROM cmdb_policy_effect WHERE ci_key = OLD.key;
    DELETE FROM cmdb_edit_item WHERE ci_key = OLD.key;
    DELETE FROM cmdb_inheritance WHERE ci_key = OLD.key OR from_key = OLD.key;
    DELETE FROM cmdb_inheritance_change WHERE ci_key = OLD.key;
    DELETE FROM cmdb_merge WHERE merged_key = OLD.key OR survivor_key = OLD.key OR derived_from IN
        (SELECT key FROM cmdb_merge WHERE merged_key = OLD.key OR survivor_key = OLD.key);
    DELETE FROM identification_proposal WHERE newer_key = OLD.key OR older_key = OLD.key;
    DELETE FROM identification_hold WHERE ci_key = OLD.key;
    DELETE FROM identification_split WHERE original_key = OLD.key OR separate_key = OLD.key;
    UPDATE identification_reporter SET ci_key = NULL WHERE ci_key = OLD.key;
    DELETE FROM catalogue_installation_set WHERE ci_key = OLD.key;
    DELETE FROM capacity_sample WHERE ci_key = OLD.key;
    -- What its reporters told of others stays with those.
    UPDATE cmdb_revision SET subject_key = COALESCE(
        (SELECT told.ci_key FROM cmdb_value told WHERE told.opened_by = cmdb_revision.id LIMIT 1),
        (SELECT told.ci_key FROM cmdb_value told WHERE told.closed_by = cmdb_revision.id LIMIT 1),
        (SELECT told.source_key FROM cmdb_relation told WHERE told.opened_by = cmdb_revision.id LIMIT 1),
        (SELECT told.source_key FROM cmdb_relation told WHERE told.closed_by = cmdb_revision.id LIMIT 1),
        subject_key) WHERE subject_key = OLD.key;
    DELETE FROM cmdb_revision WHERE subject_key = OLD.key;
    RETURN OLD;
END
$$;
CREATE TRIGGER cmdb_ci_deleted BEFORE DELETE ON cmdb_ci FOR EACH ROW EXECUTE FUNCTION cmdb_ci_deleted();
