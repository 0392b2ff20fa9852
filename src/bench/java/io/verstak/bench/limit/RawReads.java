package io.verstak.bench.limit;

import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What no pull can beat by much: the chunks of the same pages read by sqlite-jdbc in one thread, each column that
 * a page needs, and nothing made of them.
 */
public final class RawReads {
    private static final int PAGE = 100;
    private static final int HEAD_BYTES = 32;
    private static final int SEQUENCE_BITS = 40;

    private RawReads() {}

    /** Full pages per second, each from a cursor drawn at random in one of the scopes that hold so many ops. */
    public static double pagesPerSecond(ServerHome home, int opsPerScope, Duration time) throws SQLException {
        SplittableRandom random = new SplittableRandom();
        try (Connection database = home.openDatabase();
                PreparedStatement page = database.prepareStatement(
                        "SELECT id, head, body FROM chunks WHERE id > ? AND id < ? ORDER BY id LIMIT " + PAGE)) {
            List<Long> scopes = scopes(database, opsPerScope);
            long start = System.nanoTime();
            long pages = 0;
            while (System.nanoTime() - start < time.toNanos()) {
                long scope = scopes.get(random.nextInt(scopes.size()));
                page.setLong(1, (scope << SEQUENCE_BITS) + (long) random.nextInt(opsPerScope / PAGE) * PAGE);
                page.setLong(2, (scope + 1) << SEQUENCE_BITS);
                pages += read(page) >= PAGE ? 1 : 0;
            }
            return pages / ((System.nanoTime() - start) / 1e9);
        }
    }

    private static List<Long> scopes(Connection database, int ops) throws SQLException {
        Table scopes = Table.of(database, "scopes");
        return scopes.rows("WHERE head = " + ops).stream()
                .map(row -> ((Number) row[scopes.column("id")]).longValue())
                .toList();
    }

    /** Reads chunks until they make a page. Returns the number of their ops. */
    private static int read(PreparedStatement page) throws SQLException {
        int ops = 0;
        try (ResultSet row = page.executeQuery()) {
            while (ops < PAGE && row.next()) {
                ops += row.getLong(1) > 0 && row.getBytes(3).length > 0 ? row.getBytes(2).length / HEAD_BYTES : 0;
            }
        }
        return ops;
    }
}
