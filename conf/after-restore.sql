-- For a PostgreSQL that was set back to an earlier moment: a restored dump, or a standby that had not received everything. Devices
-- have seen numbers that it would give again; so every log goes on 1,000,000 higher, under another id, and devices read it again.
-- Stop all nodes, then: psql -v ON_ERROR_STOP=1 -1 -f after-restore.sql DATABASE. Another run does no harm.

-- A gap at the end of a log is widened, else there is a new one.
UPDATE log_skips k SET until_seq = s.counter + 1000000
FROM scopes s WHERE k.scope_id = s.id AND k.until_seq = s.counter AND k.until_seq > s.head;

INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at)
SELECT s.id, s.counter + 1000000, s.counter, (extract(epoch FROM now()) * 1000)::bigint
FROM scopes s
WHERE NOT EXISTS (SELECT 1 FROM log_skips k WHERE k.scope_id = s.id AND k.until_seq = s.counter + 1000000);

UPDATE scopes SET counter = counter + 1000000, last_skip = counter + 1000000, log_id = replace(gen_random_uuid()::text, '-', '');

INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)
SELECT 'restored', '', '', '', 'PostgreSQL was set back: ' || count(*) || ' logs go on 1000000 higher.',
       (extract(epoch FROM now()) * 1000)::bigint
FROM scopes;
