-- Which values an attribute has differs from attribute to attribute: without this, a filter by a value that every fifth item
-- has counts as one that a few have, and joins are begun at the wrong end.
CREATE STATISTICS cmdb_value_of_attribute (mcv) ON attribute_id, (substr(value, 1, 200)) FROM cmdb_value;
ALTER STATISTICS cmdb_value_of_attribute SET STATISTICS 500;
