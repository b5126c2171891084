-- Counting on how many hosts something is installed reads every open set of a block, and nothing else of it.
DROP INDEX catalogue_installation_set_block;
CREATE INDEX catalogue_installation_set_block ON catalogue_installation_set (block, ci_key, bits)
    WHERE valid_to IS NULL;
