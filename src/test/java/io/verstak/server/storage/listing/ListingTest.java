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
import io.verstak.server.storage.Database;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists with more in them than anybody counts or names one by one. */
@ParameterizedClass
@EnumSource
class ListingTest {
    private static final int USERS = 2500;
    private static final int PAGE = 37;

    @SuppressWarnings("NullAway.Init")
    static TestEngine.Store store;

    @SuppressWarnings("NullAway.Init")
    static Listings lists;

    @Parameter
    @SuppressWarnings("NullAway.Init")
    TestEngine engine;

    private record Listings(UserListing users, DeviceListing devices, VaultListing vaults) {}

    @BeforeParameterizedClassInvocation
    static void fill(TestEngine engine) {
        store = engine.open();
        store.execute(
                """
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, confirmed, blocked, last_seen,
                  created_at) VALUES\s"""
                        + IntStream.rangeClosed(1, USERS)
                                .mapToObj(ListingTest::user)
                                .collect(Collectors.joining(", ")),
                """
                INSERT INTO scopes (user_id, vault_id, log_id, operations, last_push, created_at)
                SELECT id, 'vault-' || id, id, length(username) * 1000, CASE WHEN confirmed = 1 THEN created_at END, created_at
                FROM users ORDER BY id""",
                """
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix,
                  revoked_at, created_at)
                SELECT 'dev_' || user_id, user_id, id, 'laptop', '1', user_id, '', '', CASE WHEN id % 5 = 0 THEN 1 END,
                  created_at
                FROM scopes""",
                "UPDATE vault_ranks SET operations = scope_id % 50");
        Database database = store.database();
        lists = new Listings(new UserListing(database), new DeviceListing(database), new VaultListing(database));
    }

    private static String user(int i) {
        String id = String.format(Locale.ROOT, "%024x", i * 7919 % 100_000);
        return "('%s', 'Имя%s', 'имя%s', 'n%s@example.org', 'n%s@example.org', '', %s, %s, %s, %s)"
                .formatted(
                        id,
                        i,
                        i,
                        i,
                        i,
                        i % 7 == 0 ? 0 : 1,
                        i % 11 == 0 ? 1 : 0,
                        i % 3 == 0 ? "NULL" : i % 100,
                        i % 900);
    }

    @AfterParameterizedClassInvocation
    static void close() {
        store.close();
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

    @ParameterizedTest
    @EnumSource(DeviceQuery.State.class)
    void the_devices_of_too_many_to_be_named_are_walked_through_without_missing_one(DeviceQuery.State state)
            throws Exception {
        List<String> walked = new ArrayList<>();
        DeviceQuery.Position at = DeviceQuery.Position.FIRST;
        for (boolean more = true; more; ) {
            Page<DeviceSummary> page = await(lists.devices()
                    .list(new DeviceQuery("example", state, DeviceQuery.Order.CREATED, true, at, 0, 400)));
            assertThat(page.total()).isEqualTo(Page.UNCOUNTED);
            page.rows().forEach(device -> walked.add(device.id()));
            more = !page.next().isEmpty();
            at = DeviceQuery.Position.of(page.next()).orElse(at);
        }
        List<String> all = new ArrayList<>();
        Page<DeviceSummary> counted = await(lists.devices()
                .list(new DeviceQuery(
                        "", state, DeviceQuery.Order.CREATED, true, DeviceQuery.Position.FIRST, 0, USERS)));
        counted.rows().forEach(device -> all.add(device.id()));
        assertThat(walked).isEqualTo(all).hasSize((int) counted.total());
    }

    @ParameterizedTest
    @EnumSource(VaultQuery.Order.class)
    void the_vaults_of_too_many_to_be_named_are_walked_through_in_the_order_of_all(VaultQuery.Order order)
            throws Exception {
        for (boolean descending : List.of(true, false)) {
            assertWalkedInTheOrderOfAll(order, descending);
        }
    }

    private static void assertWalkedInTheOrderOfAll(VaultQuery.Order order, boolean descending) throws Exception {
        List<Long> walked = new ArrayList<>();
        Position at = Position.FIRST;
        for (boolean more = true; more; ) {
            Page<VaultSummary> page =
                    await(lists.vaults().list(new VaultQuery("vault-0", order, descending, at, 0, 400)));
            page.rows().forEach(vault -> walked.add(vault.id()));
            more = !page.next().isEmpty();
            at = Position.of(page.next()).orElse(at);
        }
        Page<VaultSummary> all =
                await(lists.vaults().list(new VaultQuery("", order, descending, Position.FIRST, 0, USERS)));
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
            for (DeviceQuery.Order order : DeviceQuery.Order.values()) {
                for (boolean descending : List.of(true, false)) {
                    assertPagesAreTheList(
                            "'%s', %s, %s".formatted(text, state, order),
                            (offset, limit) -> lists.devices()
                                    .list(new DeviceQuery(
                                            text,
                                            state,
                                            order,
                                            descending,
                                            DeviceQuery.Position.FIRST,
                                            offset,
                                            limit)));
                }
            }
        }
    }

    @Test
    void devices_are_sorted_by_name_in_both_directions() throws Exception {
        for (boolean descending : List.of(true, false)) {
            List<String> names = new ArrayList<>();
            await(lists.devices()
                            .list(new DeviceQuery(
                                    "n17",
                                    DeviceQuery.State.ANY,
                                    DeviceQuery.Order.NAME,
                                    descending,
                                    DeviceQuery.Position.FIRST,
                                    0,
                                    USERS)))
                    .rows()
                    .forEach(device -> names.add(device.name()));
            assertThat(names)
                    .isSortedAccordingTo(descending ? Comparator.reverseOrder() : Comparator.naturalOrder())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(VaultQuery.Order.class)
    void the_pages_of_vaults_put_together_are_the_list(VaultQuery.Order order) throws Exception {
        for (String text : List.of("", "n17")) {
            for (boolean descending : List.of(true, false)) {
                assertPagesAreTheList(
                        "'%s', %s".formatted(text, order),
                        (offset, limit) -> lists.vaults()
                                .list(new VaultQuery(text, order, descending, Position.FIRST, offset, limit)));
            }
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

        assertThat(await(lists.vaults()
                                .list(new VaultQuery(vault, VaultQuery.Order.CREATED, true, Position.FIRST, 0, 9)))
                        .total())
                .isEqualTo(1);
        assertThat(await(lists.vaults()
                                .list(new VaultQuery("n1000@", VaultQuery.Order.ACTIVITY, true, Position.FIRST, 0, 9)))
                        .rows())
                .extracting(VaultSummary::username)
                .containsExactly("Имя1000");
    }

    @Test
    void the_database_keeps_count_of_everything_in_the_lists() throws Exception {
        store.execute(
                "UPDATE users SET blocked = 1 - blocked WHERE created_at < 50",
                "UPDATE users SET confirmed = 1 - confirmed WHERE created_at BETWEEN 40 AND 90",
                "UPDATE devices SET revoked_at = CASE WHEN revoked_at IS NULL THEN 9 END WHERE created_at < 70");

        assertThat(store.rows("SELECT users, active, blocked, unconfirmed, devices, revoked, vaults FROM list_counts"))
                .isEqualTo(store.rows("""
                        SELECT COUNT(*), SUM(CASE WHEN confirmed = 1 AND blocked = 0 THEN 1 ELSE 0 END),
                          SUM(blocked), SUM(1 - confirmed),
                          (SELECT COUNT(*) FROM devices), (SELECT COUNT(*) FROM devices WHERE revoked_at IS NOT NULL),
                          (SELECT COUNT(*) FROM scopes) FROM users"""));
    }
}
