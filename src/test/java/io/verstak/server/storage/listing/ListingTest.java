package io.verstak.server.storage.listing;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists with more in them than anybody counts or names one by one. */
class ListingTest {
    private static final int USERS = 2500;
    private static final int PAGE = 37;

    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    static final Vertx VERTX = Vertx.vertx();
    static Database database;
    static Listings lists;

    private record Listings(UserListing users, DeviceListing devices, VaultListing vaults) {}

    @BeforeAll
    static void fill() throws Exception {
        TestDatabase.execute(
                SERVER.database(),
                """
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, confirmed, blocked, last_seen,
                  created_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
                SELECT printf('%%024x', i * 7919 %% 100000), 'Имя' || i, 'имя' || i, 'n' || i || '@example.org',
                  'n' || i || '@example.org', '', i %% 7 <> 0, i %% 11 = 0, CASE WHEN i %% 3 > 0 THEN i %% 100 END, i %% 900
                FROM n""".formatted(USERS),
                """
                INSERT INTO scopes (user_id, vault_id, log_id, operations, last_push, created_at)
                SELECT id, 'vault-' || id, id, length(username) * 1000, CASE WHEN confirmed = 1 THEN created_at END, created_at
                FROM users""",
                """
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix,
                  revoked_at, created_at)
                SELECT 'dev_' || user_id, user_id, id, 'laptop', '1', user_id, '', '', CASE WHEN id %% 5 = 0 THEN 1 END,
                  created_at
                FROM scopes""".replace("%%", "%"),
                "UPDATE vault_ranks SET operations = scope_id %% 50".replace("%%", "%"));
        database = SqliteDatabase.open(VERTX, DataDirectory.openShared(SERVER.data(), true), 2, () -> {});
        lists = new Listings(new UserListing(database), new DeviceListing(database), new VaultListing(database));
    }

    @AfterAll
    static void close() throws Exception {
        await(database.close());
        await(VERTX.close());
    }

    @ParameterizedTest
    @EnumSource(UserQuery.Order.class)
    void a_search_finds_each_user_of_the_list_who_has_the_text(UserQuery.Order order) throws Exception {
        for (UserQuery.State state : UserQuery.State.values()) {
            List<UserSummary> all = await(lists.users().list(new UserQuery("", state, order, false, 0, USERS)))
                    .rows();
            for (String text : List.of("ИМЯ", "1", "мя1", "n2", "N17@EXAMPLE", "example.org", "%", "___", "nobody")) {
                List<UserSummary> expected =
                        all.stream().filter(user -> has(user, text)).toList();
                for (int offset : List.of(0, 1000)) {
                    Page<UserSummary> found =
                            await(lists.users().list(new UserQuery(text, state, order, false, offset, 25)));

                    assertThat(found)
                            .as("%s, %s, %s from %s", text, state, order, offset)
                            .isEqualTo(new Page<>(
                                    expected.stream().skip(offset).limit(25).toList(), expected.size()));
                }
            }
        }
    }

    private static boolean has(UserSummary user, String text) {
        String key = text.toLowerCase(Locale.ROOT);
        return user.username().toLowerCase(Locale.ROOT).contains(key)
                || user.email().toLowerCase(Locale.ROOT).contains(key);
    }

    /** The index has a query language, in which these would be mistakes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\"\"\"",
                "имя1\" OR \"имя2",
                "email_key:n17",
                "NEAR(a b)",
                "n17*",
                "имя\0",
                "\ud83d\ud83d\ud83d",
                "-имя"
            })
    void a_text_with_signs_of_a_query_language_is_only_a_text(String text) throws Exception {
        assertThat(found(text)).isEmpty();
    }

    @Test
    void whoever_comes_goes_or_changes_is_known_to_the_next_search() throws Exception {
        assertThat(found("brandnew")).isEmpty();
        TestDatabase.execute(SERVER.database(), """
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                VALUES ('new', 'Brandnew', 'brandnew', 'b@new.example', 'b@new.example', '', 5)""");
        assertThat(found("brandnew")).containsExactly("Brandnew");
        TestDatabase.execute(
                SERVER.database(), "UPDATE users SET username = 'Other', username_key = 'other' WHERE id = 'new'");
        assertThat(found("brandnew")).isEmpty();
        assertThat(found("b@new")).containsExactly("Other");
        TestDatabase.execute(SERVER.database(), "UPDATE users SET blocked = 1 WHERE id = 'new'");
        UserQuery blocked = new UserQuery("e", UserQuery.State.BLOCKED, UserQuery.Order.USERNAME, false, 0, 1000);
        assertThat(await(lists.users().list(blocked)).rows())
                .extracting(UserSummary::username)
                .contains("Other");
        TestDatabase.execute(SERVER.database(), "DELETE FROM users WHERE id = 'new'");
        assertThat(found("b@new")).isEmpty();
    }

    private static List<String> found(String text) throws Exception {
        UserQuery query = new UserQuery(text, UserQuery.State.ANY, UserQuery.Order.ID, false, 0, 10);
        return await(lists.users().list(query)).rows().stream()
                .map(UserSummary::username)
                .toList();
    }

    @Test
    void the_index_holds_what_the_table_of_users_holds() throws Exception {
        TestDatabase.execute(
                SERVER.database(), "INSERT INTO user_name_parts (user_name_parts, rank) VALUES ('integrity-check', 1)");
        assertThat(TestDatabase.rows(SERVER.database(), "SELECT COUNT(*) FROM user_names"))
                .isEqualTo(TestDatabase.rows(SERVER.database(), "SELECT COUNT(*) FROM users"));
    }

    @ParameterizedTest
    @EnumSource(DeviceQuery.State.class)
    void the_devices_of_too_many_to_be_named_are_walked_through_without_missing_one(DeviceQuery.State state)
            throws Exception {
        List<String> walked = new ArrayList<>();
        DeviceQuery.Position at = DeviceQuery.Position.FIRST;
        for (boolean more = true; more; ) {
            Page<DeviceSummary> page = await(lists.devices().list(new DeviceQuery("example", state, at, 0, 400)));
            assertThat(page.total()).isEqualTo(Page.UNCOUNTED);
            page.rows().forEach(device -> walked.add(device.id()));
            more = !page.next().isEmpty();
            at = DeviceQuery.Position.of(page.next()).orElse(at);
        }
        List<String> all = new ArrayList<>();
        Page<DeviceSummary> counted =
                await(lists.devices().list(new DeviceQuery("", state, DeviceQuery.Position.FIRST, 0, USERS)));
        counted.rows().forEach(device -> all.add(device.id()));
        assertThat(walked).isEqualTo(all).hasSize((int) counted.total());
    }

    @ParameterizedTest
    @EnumSource(VaultQuery.Order.class)
    void the_vaults_of_too_many_to_be_named_are_walked_through_in_the_order_of_all(VaultQuery.Order order)
            throws Exception {
        List<Long> walked = new ArrayList<>();
        Position at = Position.FIRST;
        for (boolean more = true; more; ) {
            Page<VaultSummary> page = await(lists.vaults().list(new VaultQuery("vault-0", order, at, 0, 400)));
            page.rows().forEach(vault -> walked.add(vault.id()));
            more = !page.next().isEmpty();
            at = Position.of(page.next()).orElse(at);
        }
        Page<VaultSummary> all = await(lists.vaults().list(new VaultQuery("", order, Position.FIRST, 0, USERS)));
        assertThat(walked)
                .isEqualTo(all.rows().stream().map(VaultSummary::id).toList())
                .hasSize((int) all.total());
    }

    @ParameterizedTest
    @EnumSource(UserQuery.Order.class)
    void the_pages_of_users_put_together_are_the_list_from_whichever_end_they_are_counted(UserQuery.Order order)
            throws Exception {
        for (UserQuery.State state : UserQuery.State.values()) {
            boolean descending = state == UserQuery.State.ANY || state == UserQuery.State.BLOCKED;
            assertThat(paged(offset -> lists.users().list(new UserQuery("", state, order, descending, offset, PAGE))))
                    .as("%s, %s", order, state)
                    .isEqualTo(await(lists.users().list(new UserQuery("", state, order, descending, 0, USERS)))
                            .rows());
        }
    }

    @ParameterizedTest
    @EnumSource(DeviceQuery.State.class)
    void the_pages_of_devices_put_together_are_the_list(DeviceQuery.State state) throws Exception {
        for (String text : List.of("", "n17")) {
            assertPagesAreTheList(
                    "'%s', %s".formatted(text, state),
                    (offset, limit) -> lists.devices()
                            .list(new DeviceQuery(text, state, DeviceQuery.Position.FIRST, offset, limit)));
        }
    }

    @ParameterizedTest
    @EnumSource(VaultQuery.Order.class)
    void the_pages_of_vaults_put_together_are_the_list(VaultQuery.Order order) throws Exception {
        for (String text : List.of("", "n17")) {
            assertPagesAreTheList(
                    "'%s', %s".formatted(text, order),
                    (offset, limit) -> lists.vaults().list(new VaultQuery(text, order, Position.FIRST, offset, limit)));
        }
    }

    /** A part of a list, by where it begins and how long it is at most. */
    private interface Part<T> {
        Future<Page<T>> of(long offset, int limit);
    }

    private static <T> void assertPagesAreTheList(String which, Part<T> list) throws Exception {
        assertThat(paged(offset -> list.of(offset, PAGE)))
                .as(which)
                .isEqualTo(await(list.of(0, USERS)).rows());
    }

    /** All rows, page by page as the list says how many there are; behind the last page there is nothing. */
    private static <T> List<T> paged(LongFunction<Future<Page<T>>> pages) throws Exception {
        List<T> all = new ArrayList<>();
        long total = await(pages.apply(0)).total();
        for (long offset = 0; offset < total; offset += PAGE) {
            all.addAll(await(pages.apply(offset)).rows());
        }
        assertThat(all).hasSize((int) total);
        assertThat(await(pages.apply(total)).rows()).isEmpty();
        return all;
    }

    @Test
    void few_are_found_by_the_beginning_of_the_vault_or_a_part_of_the_owner_and_counted() throws Exception {
        String vault = "vault-" + "%024x".formatted(7919);

        assertThat(await(lists.vaults().list(new VaultQuery(vault, VaultQuery.Order.CREATED, Position.FIRST, 0, 9)))
                        .total())
                .isEqualTo(1);
        assertThat(await(lists.vaults().list(new VaultQuery("n1000@", VaultQuery.Order.ACTIVITY, Position.FIRST, 0, 9)))
                        .rows())
                .extracting(VaultSummary::username)
                .containsExactly("Имя1000");
    }

    @Test
    void the_database_keeps_count_of_everything_in_the_lists() throws Exception {
        TestDatabase.execute(
                SERVER.database(),
                "UPDATE users SET blocked = 1 - blocked WHERE created_at < 50",
                "UPDATE users SET confirmed = 1 - confirmed WHERE created_at BETWEEN 40 AND 90",
                "UPDATE devices SET revoked_at = CASE WHEN revoked_at IS NULL THEN 9 END WHERE created_at < 70");

        assertThat(TestDatabase.rows(
                        SERVER.database(),
                        "SELECT users, active, blocked, unconfirmed, devices, revoked, vaults FROM list_counts"))
                .isEqualTo(TestDatabase.rows(SERVER.database(), """
                        SELECT COUNT(*), SUM(confirmed = 1 AND blocked = 0), SUM(blocked = 1), SUM(confirmed = 0),
                          (SELECT COUNT(*) FROM devices), (SELECT COUNT(*) FROM devices WHERE revoked_at IS NOT NULL),
                          (SELECT COUNT(*) FROM scopes) FROM users"""));
    }
}
