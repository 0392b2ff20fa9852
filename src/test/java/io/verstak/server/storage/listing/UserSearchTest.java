package io.verstak.server.storage.listing;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.testkit.TestEngine;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The index by which users are found. */
@ParameterizedClass
@EnumSource
class UserSearchTest {
    private final TestEngine engine;
    private final TestEngine.Store store;
    private final UserListing users;

    UserSearchTest(TestEngine engine) {
        this.engine = engine;
        store = engine.open();
        users = new UserListing(store.database());
    }

    @BeforeEach
    void addUsers() {
        for (String name : List.of("Имя1", "Имя2", "anna")) {
            String key = name.toLowerCase(Locale.ROOT);
            store.execute("""
                    INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                    VALUES ('%s', '%s', '%s', 'n17@%s.example', 'n17@%s.example', '', 5)""".formatted(key, name, key, key, key));
        }
    }

    @AfterEach
    void close() {
        store.close();
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
    void a_text_with_signs_of_a_query_language_is_only_a_text(String text) {
        assertThat(found(text)).isEmpty();
    }

    @Test
    void whoever_comes_goes_or_changes_is_known_to_the_next_search() {
        assertThat(found("brandnew")).isEmpty();
        store.execute("""
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                VALUES ('new', 'Brandnew', 'brandnew', 'b@new.example', 'b@new.example', '', 5)""");
        assertThat(found("brandnew")).containsExactly("Brandnew");
        store.execute("UPDATE users SET username = 'Other', username_key = 'other' WHERE id = 'new'");
        assertThat(found("brandnew")).isEmpty();
        assertThat(found("b@new")).containsExactly("Other");
        store.execute("UPDATE users SET blocked = 1 WHERE id = 'new'");
        UserQuery blocked = new UserQuery("e", UserQuery.State.BLOCKED, UserQuery.Order.USERNAME, false, 0, 1000);
        assertThat(await(users.list(blocked)).rows())
                .extracting(UserSummary::username)
                .contains("Other");
        store.execute("DELETE FROM users WHERE id = 'new'");
        assertThat(found("b@new")).isEmpty();
    }

    /** Its key is as it was typed elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"ouble", "bl", "do", "DO"})
    void an_imported_name_that_is_another_one_but_for_its_case_is_found_as_well(String text) {
        store.execute("""
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                VALUES ('twin', 'Double', '= Double', 'Double@Old.example', '= Double@Old.example', '', 5)""");

        assertThat(found(text)).containsExactly("Double");
    }

    private List<String> found(String text) {
        UserQuery query = new UserQuery(text, UserQuery.State.ANY, UserQuery.Order.ID, false, 0, 10);
        return await(users.list(query)).rows().stream()
                .map(UserSummary::username)
                .toList();
    }

    @Test
    void the_index_holds_what_the_table_of_users_holds() {
        if (engine == TestEngine.SQLITE) {
            store.execute("INSERT INTO user_name_parts (user_name_parts, rank) VALUES ('integrity-check', 1)");
            assertThat(store.rows("SELECT COUNT(*) FROM user_names"))
                    .isEqualTo(store.rows("SELECT COUNT(*) FROM users"));
        } else {
            assertThat(store.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_by_parts'::regclass"))
                    .containsExactly("t");
        }
    }
}
