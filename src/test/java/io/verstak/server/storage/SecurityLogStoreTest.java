package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
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
    void who_is_user_and_administrator_has_one_log_with_nothing_of_others_or_of_a_namesake(TestEngine engine) {
        try (TestEngine.Store store = engine.open()) {
            store.execute(
                    "INSERT INTO administrators (username_key, username, password_hash, created_at, user_id)"
                            + " VALUES ('root', 'root', 'x', 100, 'u1')",
                    "INSERT INTO audit_log (type, user_id, device_id, address, message, times, created_at, administrator, subject,"
                            + " method, told) VALUES "
                            + "('login', 'u1', '', '::1', 'm', 1, 200, '', '', 'password', 0),"
                            + "('login', 'u1', '', '::1', 'm', 1, 201, '', '', 'same-person', 0),"
                            + "('administrator_login', '', '', '::1', 'm', 1, 202, 'root', '', 'password', 0),"
                            + "('administrator_login', '', '', '::1', 'm', 1, 50, 'root', '', 'password', 0),"
                            + "('password_set', 'u2', '', '::1', 'm', 1, 203, 'root', '', '', 1),"
                            + "('administrator_password_set', '', '', '', 'Set. (command line: root)', 1, 204, 'command line', 'root', '', 2),"
                            + "('administrator_password_set', '', '', '', 'm', 1, 205, 'command line', 'other', '', 2)");
            SecurityLogStore log = new SecurityLogStore(store.database());
            Person person = await(log.person(true, "root"));

            assertThat(await(log.person(false, "u1"))).isEqualTo(person).isEqualTo(new Person("u1", "root"));
            assertThat(await(log.list(person, Position.FIRST, false, 10)))
                    .extracting(event -> event.type() + " " + event.byAdministrator() + " " + event.address()
                            + event.text() + event.subject())
                    .containsExactly(
                            "administrator_password_set true Set.",
                            "administrator_login false ::1m",
                            "login false ::1m");
            assertThat(await(log.list(person, new Position(202, 0), true, 1)))
                    .extracting(SecurityEvent::at)
                    .containsExactly(202L);
            assertThat(await(log.untold(person, 0, 10)))
                    .extracting(SecurityEvent::at)
                    .containsExactly(204L);
            await(log.dismiss(person, 204));
            assertThat(await(log.untold(person, 0, 10))).isEmpty();
            assertThat(await(log.person(true, "other"))).isEqualTo(new Person("", "other"));
        }
    }

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
            Person root = new Person("", "root");
            SecurityLogStore log = new SecurityLogStore(store.database());

            List<String> plan = await(store.database()
                    .list(
                            (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + SecurityLogStore.page(root, false),
                            row -> row.getString(sqlite ? "detail" : "QUERY PLAN"),
                            SecurityLogStore.values(root, Position.FIRST, 10)));

            assertThat(plan).anyMatch(line -> line.contains("audit_log_by_administrator"));
            assertThat(await(log.list(root, Position.FIRST, false, 10))).hasSize(OTHERS / 1000);
        }
    }
}
