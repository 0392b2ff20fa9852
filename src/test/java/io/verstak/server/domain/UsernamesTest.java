package io.verstak.server.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsernamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"bob", "Alice.B-2_x", "007", "---"})
    void letters_digits_dots_underscores_and_hyphens_are_allowed(String name) {
        assertThat(Usernames.isAllowed(name)).isTrue();
    }

    @Test
    void a_username_has_3_to_64_characters() {
        assertThat(Usernames.isAllowed("ab")).isFalse();
        assertThat(Usernames.isAllowed("a".repeat(64))).isTrue();
        assertThat(Usernames.isAllowed("a".repeat(65))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bob smith", "bob\n", "bob\r\n", "b\0b", "аdmin", "боб", "<b>", "a/b", "ｂｏｂ"})
    void everything_else_is_refused(String name) {
        assertThat(Usernames.isAllowed(name)).isFalse();
    }

    @Test
    void s04_a_username_that_contains_an_at_sign_is_refused() {
        assertThat(Usernames.isAllowed("bob@example.org")).isFalse();
        assertThat(Usernames.isAllowed("@bob")).isFalse();
    }

    @Test
    void s05_names_that_differ_in_case_alone_have_one_key() {
        assertThat(Usernames.key("ALICE.i")).isEqualTo(Usernames.key("alice.I")).isEqualTo("alice.i");
    }
}
