package io.verstak.server.storage.sqlite.verify;

import java.util.List;

/**
 * A rule over rows of several tables.
 *
 * @param kind a word for scripts
 * @param sql finds what breaks the rule
 * @param pattern the finding for a person, with a {@code %s} for each column
 */
record ReferenceCheck(String kind, String pattern, String sql) {

    static final List<ReferenceCheck> ALL = List.of(
            new ReferenceCheck("log", "chunks: operations of vault %s, which does not exist", """
                    WITH RECURSIVE found (scope_id) AS (
                      SELECT MIN(id) >> 40 FROM chunks UNION ALL
                      SELECT (SELECT MIN(c.id) >> 40 FROM chunks c WHERE c.id >= (found.scope_id + 1) << 40) FROM found
                      WHERE found.scope_id IS NOT NULL)
                    SELECT scope_id FROM found
                    WHERE scope_id IS NOT NULL AND scope_id NOT IN (SELECT id FROM scopes)"""),
            new ReferenceCheck("run", "key_runs: run %s of vault %s, which does not exist", """
                    SELECT id, scope_id FROM key_runs WHERE scope_id NOT IN (SELECT id FROM scopes)"""),
            new ReferenceCheck("log", "scopes: vault %s has no sequences up to %s, but its counter is %s", """
                    SELECT id, head, counter FROM scopes WHERE counter < head OR operations > head OR head < 0"""),
            new ReferenceCheck("device", "devices: %s belongs to vault %s, which is not its user's", """
                    SELECT d.id, d.scope_id FROM devices d LEFT JOIN scopes s ON s.id = d.scope_id
                    WHERE s.id IS NULL OR s.user_id <> d.user_id AND d.revoked_at IS NULL AND NOT EXISTS
                      (SELECT 1 FROM vault_members m WHERE m.scope_id = d.scope_id AND m.user_id = d.user_id)"""),
            new ReferenceCheck("device", "devices: %s of vault %s may add what a reader may not", """
                    SELECT d.id, d.scope_id FROM devices d JOIN vault_members m
                    ON m.scope_id = d.scope_id AND m.user_id = d.user_id AND m.role = 'reader'
                    WHERE d.read_only = 0 AND d.revoked_at IS NULL"""),
            new ReferenceCheck("member", "vault_members: vault %s has the member %s, one of which does not exist", """
                    SELECT m.scope_id, m.user_id FROM vault_members m LEFT JOIN scopes s ON s.id = m.scope_id
                    LEFT JOIN users u ON u.id = m.user_id WHERE s.id IS NULL OR u.id IS NULL OR s.user_id = m.user_id"""),
            new ReferenceCheck("device", "devices: %s is the device of a user who does not exist", """
                    SELECT d.id FROM devices d LEFT JOIN users u ON u.id = d.user_id WHERE u.id IS NULL"""),
            new ReferenceCheck("blob_row", "blob_refs: vault %s holds %s, of which there is no row in blobs", """
                    SELECT r.scope_id, r.sha256 FROM blob_refs r LEFT JOIN blobs b ON b.sha256 = r.sha256
                    WHERE b.sha256 IS NULL"""),
            new ReferenceCheck("blob_row", "blob_refs: vault %s holds %s with %s bytes, which has %s", """
                    SELECT r.scope_id, r.sha256, r.size, b.size FROM blob_refs r JOIN blobs b ON b.sha256 = r.sha256
                    WHERE b.size <> r.size"""),
            new ReferenceCheck("usage", "blob_usage: vault %s counts %s bytes of blobs and holds %s", """
                    SELECT held.scope_id, COALESCE(u.bytes, 0), held.bytes
                    FROM (SELECT scope_id, SUM(size) AS bytes FROM blob_refs GROUP BY scope_id) held
                    LEFT JOIN blob_usage u ON u.scope_id = held.scope_id WHERE COALESCE(u.bytes, 0) <> held.bytes"""),
            new ReferenceCheck("usage", "blob_usage: vault %s counts %s bytes of blobs and holds none", """
                    SELECT u.scope_id, u.bytes FROM blob_usage u WHERE u.bytes <> 0
                    AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.scope_id = u.scope_id)"""),
            new ReferenceCheck("usage", "blob_usage: vault %s is counted for user %s, who does not own it", """
                    SELECT u.scope_id, u.user_id FROM blob_usage u JOIN scopes s ON s.id = u.scope_id
                    WHERE s.user_id <> u.user_id"""));

    String text(Object... values) {
        return pattern.formatted(values);
    }
}
