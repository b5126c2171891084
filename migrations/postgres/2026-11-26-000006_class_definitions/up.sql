-- Classes and attributes that administrators add, and what values must be like.
-- `origin` is `shipped` or `added`. Own labels are an administrator's, and stand over the shipped ones.
ALTER TABLE cmdb_class ADD COLUMN origin TEXT NOT NULL DEFAULT 'shipped';
ALTER TABLE cmdb_class ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cmdb_class ADD COLUMN own_label_en TEXT;
ALTER TABLE cmdb_class ADD COLUMN own_label_ko TEXT;
ALTER TABLE cmdb_class ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

ALTER TABLE cmdb_attribute ADD COLUMN origin TEXT NOT NULL DEFAULT 'shipped';
ALTER TABLE cmdb_attribute ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cmdb_attribute ADD COLUMN own_label_en TEXT;
ALTER TABLE cmdb_attribute ADD COLUMN own_label_ko TEXT;
-- The class whose items a reference names.
ALTER TABLE cmdb_attribute ADD COLUMN target TEXT;

-- What the values of an attribute must be like in a class and its subclasses; shipped and added ones hold together.
CREATE TABLE cmdb_constraint (
    class TEXT NOT NULL REFERENCES cmdb_class (name),
    attribute_id INTEGER NOT NULL REFERENCES cmdb_attribute (id),
    origin TEXT NOT NULL,
    rules JSONB NOT NULL,
    PRIMARY KEY (class, attribute_id, origin)
);

-- One row: counts changes of classes, attributes and constraints, so that whoever keeps them in memory notices.
CREATE TABLE cmdb_definition (
    id INTEGER PRIMARY KEY,
    revision BIGINT NOT NULL
);
INSERT INTO cmdb_definition (id, revision) VALUES (1, 1);

-- What machines say now and a constraint forbids: kept, and not shown as a value.
CREATE TABLE cmdb_refused_value (
    ci_key INTEGER NOT NULL REFERENCES cmdb_ci (key),
    attribute_id INTEGER NOT NULL REFERENCES cmdb_attribute (id),
    source TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    value TEXT NOT NULL,
    fault JSONB NOT NULL,
    PRIMARY KEY (ci_key, attribute_id, source)
);
CREATE INDEX cmdb_refused_value_attribute ON cmdb_refused_value (attribute_id);

-- Whether a person chose the class: then agents leave it.
ALTER TABLE cmdb_ci ADD COLUMN class_said BOOLEAN NOT NULL DEFAULT FALSE;
