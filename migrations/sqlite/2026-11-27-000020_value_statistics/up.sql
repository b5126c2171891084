-- PostgreSQL is told of what it has to know beyond single columns; SQLite plans by indexes alone.
SELECT 1;
