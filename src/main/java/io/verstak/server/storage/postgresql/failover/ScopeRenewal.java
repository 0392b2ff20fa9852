package io.verstak.server.storage.postgresql.failover;

import io.verstak.server.storage.log.ScopeTail;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Brings logs up to the current incarnation, within the transaction that has locked their rows. Costs nothing while there is nothing
 * to do. Not safe for several threads.
 */
public final class ScopeRenewal {
    private static final String RENEW = """
            UPDATE scopes s SET counter = w.until, last_skip = w.until, log_id = w.log_id, incarnation = $4
            FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS w (id, until, log_id) WHERE s.id = w.id""";

    /** A gap at the end of a log is widened, else there is a new one. */
    private static final String LEAVE_OUT = """
            WITH w AS (
              SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS u (id, head, before, until)),
            widened AS (
              UPDATE log_skips k SET until_seq = w.until FROM w
              WHERE k.scope_id = w.id AND k.until_seq = w.before AND k.until_seq > w.head RETURNING k.scope_id)
            INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at)
            SELECT w.id, w.until, w.before, $5::bigint FROM w WHERE w.id NOT IN (SELECT scope_id FROM widened)""";

    /**
     * The same for all logs at once, of a database that no node serves. As {@link Incarnation#logId} has it, a log's new id follows from
     * its old one.
     */
    private static final String RENEW_ALL = """
            UPDATE log_skips k SET until_seq = s.counter + %1$s * (i.n - s.incarnation)
            FROM scopes s, (SELECT max(n) AS n FROM incarnations) i
            WHERE k.scope_id = s.id AND k.until_seq = s.counter AND k.until_seq > s.head AND s.incarnation < i.n;

            INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at)
            SELECT s.id, s.counter + %1$s * (i.n - s.incarnation), s.counter, c.millis
            FROM scopes s, (SELECT max(n) AS n FROM incarnations) i, database_clock c
            WHERE s.incarnation < i.n AND NOT EXISTS (SELECT 1 FROM log_skips k
              WHERE k.scope_id = s.id AND k.until_seq = s.counter + %1$s * (i.n - s.incarnation));

            UPDATE scopes s SET counter = s.counter + %1$s * (i.n - s.incarnation),
              last_skip = s.counter + %1$s * (i.n - s.incarnation), incarnation = i.n,
              log_id = CASE WHEN s.incarnation < l.n
                THEN left(encode(sha256(convert_to(s.log_id || l.id, 'UTF8')), 'hex'), 32) ELSE s.log_id END
            FROM (SELECT max(n) AS n FROM incarnations) i
            LEFT JOIN (SELECT n, id FROM incarnations WHERE lost = 1 ORDER BY n DESC LIMIT 1) l ON true
            WHERE s.incarnation < i.n""".formatted(Incarnation.SKIPPED);

    private final Map<Long, Pending> pending = new HashMap<>();

    private record Pending(long scopeId, long head, long before, long until, String logId, long incarnation) {}

    /** Returns SQL without values that brings all logs up to the current incarnation. No node may serve the database meanwhile. */
    public static String all() {
        return RENEW_ALL;
    }

    /**
     * Returns the end of a log as its next op has to see it.
     *
     * @param respected the incarnation that its row has
     */
    public ScopeTail tail(
            Incarnation now, long scopeId, String logId, long head, long counter, Buffer chain, long respected) {
        String renewed = now.logId(logId, respected);
        long until = now.counter(counter, respected);
        if (now.isAfter(respected)) {
            pending.put(scopeId, new Pending(scopeId, head, counter, until, renewed, now.number()));
        }
        return new ScopeTail(scopeId, renewed, head, until, chain.getBytes());
    }

    /**
     * Passes on the statements that store what was left out of these logs, if anything was: before those that store what comes next.
     *
     * @param now milliseconds since the epoch
     */
    public void store(Collection<ScopeTail> scopes, long now, BiConsumer<String, Tuple> statements) {
        List<Pending> due = new ArrayList<>();
        if (!pending.isEmpty()) {
            scopes.stream()
                    .map(ScopeTail::scopeId)
                    .map(pending::remove)
                    .filter(Objects::nonNull)
                    .forEach(due::add);
        }
        if (due.isEmpty()) {
            return;
        }
        Long[] ids = array(due, Pending::scopeId);
        Long[] until = array(due, Pending::until);
        statements.accept(
                LEAVE_OUT,
                Tuple.tuple()
                        .addArrayOfLong(ids)
                        .addArrayOfLong(array(due, Pending::head))
                        .addArrayOfLong(array(due, Pending::before))
                        .addArrayOfLong(until)
                        .addLong(now));
        statements.accept(
                RENEW,
                Tuple.tuple()
                        .addArrayOfLong(ids)
                        .addArrayOfLong(until)
                        .addArrayOfString(due.stream().map(Pending::logId).toArray(String[]::new))
                        .addLong(due.get(0).incarnation()));
    }

    private static Long[] array(List<Pending> due, Function<Pending, Long> column) {
        return due.stream().map(column).toArray(Long[]::new);
    }

    /** Forgets what a transaction has not stored: the next one finds it again. */
    public void clear() {
        pending.clear();
    }
}
