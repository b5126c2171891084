ALTER TABLE fleet_presence DROP COLUMN clock_offset_ms;
