package io.verstak.server.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.TokenHint;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokensTest {
    private final Tokens tokens = new Tokens(new SecureRandom());

    @Test
    void s16_a_token_is_256_random_bits_in_lower_case_hexadecimal() {
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(tokens.newToken()).matches("[0-9a-f]{64}").satisfies(drawn::add);
        }
        assertThat(drawn).hasSize(1000);
    }

    @Test
    void ids_have_their_fixed_form() {
        assertThat(tokens.newDeviceId()).matches("dev_[0-9a-f]{24}");
        assertThat(tokens.newUserId()).matches("[0-9a-f]{24}");
        assertThat(tokens.newLogId()).matches("[0-9a-f]{32}");
    }

    @Test
    void s16_what_is_stored_is_the_sha_256_of_the_tokens_text() {
        assertThat(Tokens.digest("abc").hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void a_hint_is_the_first_8_and_the_last_4_characters() {
        TokenHint hint = TokenHint.of("0123456789abcdef".repeat(4));

        assertThat(hint).isEqualTo(new TokenHint("01234567", "cdef"));
        assertThat(hint).hasToString("01234567…cdef");
    }

    @Test
    void s19_the_hint_of_a_short_imported_token_gives_nothing_away() {
        assertThat(TokenHint.of("0123456789abcdef01234567")).isEqualTo(new TokenHint("", ""));
    }
}
