package io.verstak.server.backup;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Changes of a database behind the server's back, each after the kind of damage that it is. {@code :first} and {@code :last} are
 * chunks of the first vault; {@code :run} is its first run of keys, {@code :op_part} and {@code :entity_part} are the first parts
 * of that.
 */
final class DatabaseChanges {
    private static final String DATA = """
            chain    ; UPDATE chunks SET body = replaced('text 7', 'text 8') WHERE id = :first
            chain    ; UPDATE chunks SET chain = zeroblob(32) WHERE id = :first
            chain    ; UPDATE chunks SET chain = x'' WHERE id = :first
            content  ; UPDATE chunks SET body = replaced('"op_id"', '"op-id"') WHERE id = :first
            content  ; UPDATE chunks SET body = replaced('{"server_sequence":7,', '{"server_sequence":8,') WHERE id = :first
            content  ; UPDATE chunks SET body = replaced('},{', '}:{') WHERE id = :first
            content  ; UPDATE chunks SET body = replaced('text 7', 'text seven') WHERE id = :first
            content  ; UPDATE chunks SET body = x'' WHERE id = :first
            content  ; UPDATE chunks SET body = CAST(CAST(body AS TEXT) || ' ' AS BLOB) WHERE id = :last
            content  ; UPDATE chunks SET head = x'' WHERE id = :first
            content  ; UPDATE chunks SET head = substr(head, 1, 33) WHERE id = :first
            content  ; UPDATE chunks SET head = substr(head, 33) WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 0, 'DEADBEEF') WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 8, 'DEADBEEF') WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 16, 'DEADBEEF') WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 24, '00000001') WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 24, '7FFFFFFF') WHERE id = :first
            content  ; UPDATE chunks SET head = patched(head, 24, 'FFFFFFFF') WHERE id = :first
            sequence ; UPDATE chunks SET head = patched(head, 28, '00000000') WHERE id = :first
            sequence ; UPDATE chunks SET head = patched(head, 28, '7FFFFFFF') WHERE id = :first
            sequence ; UPDATE chunks SET head = patched(head, 28, 'FFFFFFFF') WHERE id = :first
            sequence ; UPDATE chunks SET head = CAST(head || zeroblob(32) AS BLOB) WHERE id = :first
            sequence ; DELETE FROM chunks WHERE id = :first
            sequence ; DELETE FROM chunks WHERE id = (SELECT MIN(id) FROM chunks WHERE id > :first)
            sequence ; UPDATE chunks SET id = id + 600 WHERE id = :last
            sequence ; UPDATE chunks SET id = id - 1 WHERE id = :first
            sequence ; UPDATE scopes SET counter = counter + 5
            head     ; DELETE FROM chunks WHERE id = :last
            head     ; DELETE FROM chunks WHERE id >> 40 = 1
            head     ; UPDATE scopes SET head = head - 1
            head     ; UPDATE scopes SET operations = operations + 1
            head     ; UPDATE scopes SET last_skip = 3
            chain    ; UPDATE scopes SET chain = zeroblob(32)
            log      ; DELETE FROM scopes WHERE vault_id = 'other'
            run      ; DELETE FROM scopes WHERE vault_id = 'other'
            blob_row ; DELETE FROM blob_refs WHERE sha256 IN (SELECT sha256 FROM blob_refs ORDER BY created_at LIMIT 1)
            blob_row ; DELETE FROM blobs WHERE sha256 IN (SELECT sha256 FROM blobs LIMIT 1)
            blob_row ; UPDATE blobs SET size = size + 1
            usage    ; UPDATE blob_usage SET bytes = bytes + 1
            usage    ; DELETE FROM blob_usage
            device   ; UPDATE devices SET scope_id = 99
            device   ; DELETE FROM users WHERE username = 'bob'
            """;

    private static final String INDEX = """
            op_key   ; DELETE FROM key_parts WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = x'' WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = substr(entries, 1, length(entries) - 5) WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = CAST(entries || zeroblob(16) AS BLOB) WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = CAST(substr(entries, 1, 16) || substr(entries, 1, length(entries) - 16) AS BLOB) WHERE id = :op_part
            op_key   ; INSERT INTO key_parts VALUES (:op_part | 2, zeroblob(16))
            op_key   ; UPDATE key_parts SET entries = patched(entries, 4, 'DEADBEEF') WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = patched(entries, 36, 'DEADBEEF') WHERE id = :op_part
            op_key   ; UPDATE key_parts SET entries = patched(entries, 40, '0000000000000FFF') WHERE id = :op_part
            op_key   ; UPDATE key_runs SET op_fences = CAST(zeroblob(8) || substr(op_fences, 9) AS BLOB)
            entity   ; DELETE FROM key_parts WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = x'' WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = substr(entries, 1, length(entries) - 5) WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = CAST(entries || zeroblob(28) AS BLOB) WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = CAST(substr(entries, 1, 28) || substr(entries, 1, length(entries) - 28) AS BLOB) WHERE id = :entity_part
            entity   ; INSERT INTO key_parts VALUES (:entity_part | 2, zeroblob(28))
            entity   ; UPDATE key_parts SET entries = patched(entries, 4, 'DEADBEEF') WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = patched(entries, 60, 'DEADBEEF') WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = patched(entries, 64, '0000000000000FFF') WHERE id = :entity_part
            entity   ; UPDATE key_runs SET entity_fences = CAST(zeroblob(8) || substr(entity_fences, 9) AS BLOB)
            entity   ; UPDATE key_parts SET entries = patched(entries, 16, 'DEADBEEF') WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = patched(entries, 24, '00000000') WHERE id = :entity_part
            entity   ; UPDATE key_parts SET entries = patched(entries, 24, 'FFFFFFFE') WHERE id = :entity_part
            op_key   ; UPDATE key_runs SET filter = zeroblob(length(filter))
            op_key   ; DELETE FROM key_runs WHERE id = :run
            op_key   ; DELETE FROM key_parts
            run      ; UPDATE key_runs SET filter = x''
            run      ; UPDATE key_runs SET op_fences = x''
            run      ; UPDATE key_runs SET entity_fences = zeroblob(8)
            run      ; UPDATE key_runs SET ops = ops + 1 WHERE id = :run
            run      ; UPDATE key_runs SET ops = 0 WHERE id = :run
            run      ; UPDATE key_runs SET ops = -1 WHERE id = :run
            run      ; UPDATE key_runs SET first_seq = first_seq + 1 WHERE id = :run
            run      ; UPDATE key_runs SET first_seq = first_seq - 1 WHERE id = :run
            run      ; UPDATE key_runs SET last_seq = last_seq + 1 WHERE id = :run
            run      ; UPDATE key_runs SET last_seq = last_seq - 1 WHERE id = :run
            run      ; UPDATE key_runs SET last_seq = last_seq * 1000 WHERE id = :run
            run      ; UPDATE key_runs SET scope_id = (SELECT MAX(id) FROM scopes) WHERE id = :run
            run      ; UPDATE key_runs SET scope_id = 99 WHERE id = :run
            run      ; INSERT INTO key_runs SELECT id + 9, scope_id, first_seq, last_seq, ops, op_fences, entity_fences, filter FROM key_runs
            """;

    private DatabaseChanges() {}

    static Stream<Arguments> ofData() {
        return each(DATA);
    }

    static Stream<Arguments> ofIndex() {
        return each(INDEX);
    }

    private static Stream<Arguments> each(String changes) {
        return changes.lines().map(line -> line.split(" *; ", 2)).map(change -> Arguments.of(change[0], change[1]));
    }

    /** Returns the SQL of a change: {@code replaced} is about the text of bodies, {@code patched} about bytes from an offset on. */
    static String spelled(String change) {
        String run = "(SELECT MIN(id) FROM key_runs)";
        return change.replace(":first", "(SELECT MIN(id) FROM chunks)")
                .replace(":last", "(SELECT MAX(id) FROM chunks WHERE id >> 40 = 1)")
                .replace(":run", run)
                .replace(":op_part", run + " << 24")
                .replace(":entity_part", "((" + run + " << 24) + (1 << 23))")
                .replaceAll("replaced\\((.*)\\) W", "CAST(replace(CAST(body AS TEXT), $1) AS BLOB) W")
                .replaceAll(
                        "patched\\((\\w+), (\\d+), '(\\w+)'\\)",
                        "CAST(substr($1, 1, $2) || x'$3' || substr($1, $2 + 1 + length(x'$3')) AS BLOB)");
    }
}
