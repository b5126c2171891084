DROP TABLE identification_split;
