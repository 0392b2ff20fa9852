-- The op log is in chunks and was checked against these tables; see decision 0012. Their pages stay in the file for reuse.
DROP TABLE ops;
DROP TABLE op_keys;
DROP TABLE entities;
