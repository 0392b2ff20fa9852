package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.listing.Position;
import io.verstak.server.storage.SecurityLogStore.Person;
import io.verstak.server.testkit.TestEngine;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecurityLogStoreTest {
    private static final int OTHERS = 3000;

    /** Otherwise the overview of an administrator who did little would read all that others did. */
    @ParameterizedTest
    @EnumSource
    void what_one_administrator_did_is_found_by_an_index(TestEngine engine) {
        boolean sqlite = engine == TestEngine.SQLITE;
        try (TestEngine.Store store = engine.open()) {
            store.execute(
                    "INSERT INTO audit_log (type, user_id, device_id, address, message, times, created_at, administrator) VALUES "
                            + IntStream.range(0, OTHERS)
                                    .mapToObj(i -> "('login', '', '', '', 'm', 1, %s, '%s')"
                                            .formatted(i, i % 1000 == 0 ? "root" : ""))
                                    .collect(Collectors.joining(", ")),
                    "ANALYZE audit_log");
            Person root = new Person(true, "root");
            SecurityLogStore log = new SecurityLogStore(store.database());

            List<String> plan = await(store.database()
                    .list(
                            (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + SecurityLogStore.page(root, false),
                            row -> row.getString(sqlite ? "detail" : "QUERY PLAN"),
                            "root",
                            Long.MAX_VALUE,
                            Long.MAX_VALUE,
                            10));

            assertThat(plan).anyMatch(line -> line.contains("audit_log_by_administrator"));
            assertThat(await(log.list(root, new Position(Long.MAX_VALUE, Long.MAX_VALUE), false, 10)))
                    .hasSize(OTHERS / 1000);
        }
    }
}
