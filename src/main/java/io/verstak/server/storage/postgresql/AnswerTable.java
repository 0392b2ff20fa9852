package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.Changes;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.postgresql.LogConnection.Statement;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The answers to pushes with an idempotency key. Works within the writer's transaction. */
final class AnswerTable {
    private static final String REQUESTS = """
            SELECT i.device_id, i.key, i.request FROM unnest($1::text[], $2::text[]) AS w (device_id, key)
            JOIN idempotency_keys i ON i.device_id = w.device_id AND i.key = w.key WHERE i.created_at > $3""";

    private static final String INSERT = """
            INSERT INTO idempotency_keys (device_id, key, request, answer, created_at)
            SELECT w.*, $5 FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) AS w
            ON CONFLICT (device_id, key) DO UPDATE SET request = excluded.request, answer = excluded.answer,
              created_at = excluded.created_at""";

    /** Those that another node deletes, or writes anew, are passed over. */
    private static final String DELETE = """
            DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(SELECT ctid FROM idempotency_keys
              WHERE created_at <= $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))""";

    private final LogConnection connection;

    AnswerTable(LogConnection connection) {
        this.connection = connection;
    }

    /** Asks for the digests of requests that were answered after a time; {@link #requests} reads the answer. */
    Statement load(Collection<AnswerKey> keys, long since) {
        return connection.add(
                REQUESTS,
                Tuple.tuple()
                        .addArrayOfString(strings(keys, AnswerKey::deviceId))
                        .addArrayOfString(strings(keys, AnswerKey::key))
                        .addLong(since));
    }

    static Map<AnswerKey, String> requests(RowSet<Row> rows) {
        Map<AnswerKey, String> found = new HashMap<>();
        for (Row row : rows) {
            found.put(new AnswerKey(row.getString(0), row.getString(1)), row.getString(2));
        }
        return found;
    }

    byte[] get(AnswerKey key) {
        Statement answer = connection.add(
                "SELECT answer FROM idempotency_keys WHERE device_id = $1 AND key = $2",
                Tuple.of(key.deviceId(), key.key()));
        connection.send();
        for (Row row : answer.rows()) {
            return row.getBuffer(0).getBytes();
        }
        throw new IllegalStateException("the answer of a key was kept and is missing");
    }

    /** Adds new answers, and deletes some expired ones: more than one for each that is added. */
    void store(Changes changes) {
        if (changes.answers().isEmpty()) {
            return;
        }
        List<Map.Entry<AnswerKey, KeptAnswer>> answers =
                List.copyOf(changes.answers().entrySet());
        connection.add(
                INSERT,
                Tuple.tuple()
                        .addArrayOfString(
                                strings(answers, answer -> answer.getKey().deviceId()))
                        .addArrayOfString(
                                strings(answers, answer -> answer.getKey().key()))
                        .addArrayOfString(
                                strings(answers, answer -> answer.getValue().requestDigest()))
                        .addArrayOfBuffer(answers.stream()
                                .map(answer -> Buffer.buffer(answer.getValue().json()))
                                .toArray(Buffer[]::new))
                        .addLong(changes.now()));
        connection.add(DELETE, Tuple.of(changes.answersSince(), 4 * answers.size()));
    }

    private static <T> String[] strings(Collection<T> rows, Function<T, String> column) {
        return rows.stream().map(column).toArray(String[]::new);
    }
}
