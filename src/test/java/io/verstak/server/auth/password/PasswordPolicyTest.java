package io.verstak.server.auth.password;

import static io.verstak.server.error.Message.PASSWORD_TOO_COMMON;
import static io.verstak.server.error.Message.PASSWORD_TOO_LONG;
import static io.verstak.server.error.Message.PASSWORD_TOO_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import me.gosimple.nbvcxz.resources.DictionaryUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTest {
    private static final CommonPasswords COMMON = CommonPasswords.load();

    private final PasswordPolicy users = PasswordPolicy.forUsers(COMMON);
    private final PasswordPolicy administrators = PasswordPolicy.forAdministrators(COMMON);

    @Test
    void s07_a_users_password_has_8_bytes_at_least_and_256_at_most() {
        assertThat(users.violation("")).contains(PASSWORD_TOO_SHORT);
        assertThat(users.violation("xK3vQ9z")).contains(PASSWORD_TOO_SHORT);
        assertThat(users.violation("xK3vQ9zw")).isEmpty();
        assertThat(users.violation("пять")).isEmpty();
        assertThat(users.violation("z".repeat(256))).isEmpty();
        assertThat(users.violation("z".repeat(257))).contains(PASSWORD_TOO_LONG);
        assertThat(users.violation("я".repeat(128) + "!")).contains(PASSWORD_TOO_LONG);
    }

    @Test
    void s07_an_administrators_password_has_12_bytes_at_least() {
        assertThat(administrators.violation("xK3vQ9zwBf5")).contains(PASSWORD_TOO_SHORT);
        assertThat(administrators.violation("xK3vQ9zwBf5u")).isEmpty();
        assertThat(administrators.violation("password1234")).contains(PASSWORD_TOO_COMMON);
    }

    @Test
    void s07_64_characters_of_any_script_pass() {
        assertThat(users.violation("пароль из многих слов, ".repeat(4).substring(0, 64)))
                .isEmpty();
        assertThat(users.violation("密碼".repeat(32))).isEmpty();
        assertThat(users.violation("🔑".repeat(64))).isEmpty();
    }

    @Test
    void s10_the_10_000_most_common_passwords_are_refused() {
        Map<String, Integer> ranks = DictionaryUtil.loadRankedDictionary(DictionaryUtil.passwords);

        assertThat(ranks.entrySet().stream()
                        .filter(entry -> entry.getValue() <= 10_000)
                        .map(Map.Entry::getKey))
                .hasSizeGreaterThan(9_000)
                .allSatisfy(password -> assertThat(users.violation(password)).isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "Password",
                "PASSWORD1",
                "12345678",
                "qwertyuiop",
                "Michelle",
                "elizabeth",
                "1q2w3e4r5t"
            })
    void s10_a_common_password_is_refused_in_any_case(String password) {
        assertThat(users.violation(password)).contains(PASSWORD_TOO_COMMON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"correct horse battery staple", "password password", "my password is long", "qwertyйцукен"})
    void a_phrase_that_merely_holds_a_common_password_passes(String password) {
        assertThat(users.violation(password)).isEmpty();
    }

    @Test
    void the_list_stays_small_in_memory() {
        assertThat(COMMON.size()).isBetween(10_000, 25_000);
    }
}
