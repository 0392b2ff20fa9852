-- The op log is in chunks and was checked against these tables; see decision 0012. Their pages stay in the file for reuse.
-- A log that does not end as it was left stays so, and is found by every start.
UPDATE scopes SET chain = (SELECT c.chain FROM chunks c WHERE c.id = scopes.id << 40 | scopes.head)
WHERE chain = (SELECT o.chain FROM ops o WHERE o.scope_id = scopes.id AND o.seq = scopes.head);
DROP TABLE ops;
DROP TABLE op_keys;
DROP TABLE entities;
