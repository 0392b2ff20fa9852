package io.verstak.server.auth.password;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
    private static final String PASSPHRASE = "Пароль-приложения";

    /** Made by golang.org/x/crypto: 71 times a, then b. */
    private static final String BCRYPT_OF_72_BYTES = "$2a$04$lVbiHHeTfJmOjfCLuNeCD.I4T5CEaa.L1mlIrdikkwJe1TayRKKHG";

    private static final String BCRYPT_OF_PASSPHRASE = "$2a$04$6BVFJQ450DqRNG6hhtF5OeA5MPzYL.dYdXLg5FdST17IfIzodf8vi";

    private final HashPool pool = new HashPool();
    private final Passwords passwords = new Passwords(pool, new SecureRandom());

    @AfterEach
    void closePool() {
        pool.close();
    }

    @Test
    void s08_a_new_hash_is_argon2id_with_19_mebibytes_two_passes_and_its_own_salt() {
        String first = await(passwords.hash(PASSPHRASE));
        String second = await(passwords.hash(PASSPHRASE));

        assertThat(first)
                .matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}")
                .isNotEqualTo(second);
        assertThat(Passwords.needsRehash(first)).isFalse();
        assertThat(verify(PASSPHRASE, first)).isEqualTo(PasswordCheck.match(null));
        assertThat(verify(PASSPHRASE + "!", first)).isEqualTo(PasswordCheck.NO_MATCH);
    }

    @Test
    void s07_changing_byte_73_or_the_last_of_256_fails_the_login() {
        String long73 = "a".repeat(72) + "b";
        String long256 = "я".repeat(127) + "xy";

        assertThat(verify("a".repeat(72) + "c", await(passwords.hash(long73))).matches())
                .isFalse();
        assertThat(verify("a".repeat(72), await(passwords.hash(long73))).matches())
                .isFalse();
        String stored = await(passwords.hash(long256));
        assertThat(verify(long256, stored).matches()).isTrue();
        assertThat(verify("я".repeat(127) + "xz", stored).matches()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$cVg00yZKes4GEzPLyatANIWa3heQGhk0+rMv4q8pkjU",
                "$argon2id$v=19$m=65536,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$n4yRb2rBgjKbI6IebPmJyOmDs8oT1xTA12JHBTO0zfg",
                "$argon2id$v=19$m=64,t=1,p=2$MDEyMzQ1Njc4OWFiY2RlZg$v4UOBUrVq1C/w5/fbYVGeA"
            })
    void another_implementations_argon2id_hash_verifies_whatever_its_parameters(String stored) {
        assertThat(verify(PASSPHRASE, stored).matches()).isTrue();
        assertThat(verify("пароль-приложения", stored).matches()).isFalse();
    }

    @Test
    void a_hash_with_other_parameters_is_to_be_replaced() {
        String weak = "$argon2id$v=19$m=64,t=1,p=2$MDEyMzQ1Njc4OWFiY2RlZg$v4UOBUrVq1C/w5/fbYVGeA";

        PasswordCheck check = verify(PASSPHRASE, weak);

        assertThat(check.needsRehash()).isTrue();
        assertThat(verify(PASSPHRASE, check.replacement().orElseThrow())).isEqualTo(PasswordCheck.match(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"$2a$", "$2b$", "$2y$"})
    void s08_imported_bcrypt_verifies_and_is_replaced_by_argon2id(String version) {
        String stored = version + BCRYPT_OF_PASSPHRASE.substring(version.length());

        PasswordCheck check = verify(PASSPHRASE, stored);

        assertThat(check.matches()).isTrue();
        assertThat(check.replacement().orElseThrow()).startsWith("$argon2id$");
        assertThat(verify(PASSPHRASE, check.replacement().orElseThrow()).matches())
                .isTrue();
        assertThat(verify("wrong", stored)).isEqualTo(PasswordCheck.NO_MATCH);
    }

    @Test
    void imported_bcrypt_of_a_password_with_a_nul_verifies() {
        String stored = "$2a$04$qqs5gwdsA2RJEh.RxkhNj.bImXsSIvutCR6gfbkop1DUWzi7kwUUC";

        assertThat(verify("abc\0defgh", stored).matches()).isTrue();
        assertThat(verify("abc", stored).matches()).isFalse();
    }

    @Test
    void s07_imported_bcrypt_matches_72_bytes_and_never_more() {
        String exact = "a".repeat(71) + "b";

        assertThat(verify(exact, BCRYPT_OF_72_BYTES).matches()).isTrue();
        assertThat(verify(exact + "X", BCRYPT_OF_72_BYTES).matches()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "plain",
                "$2x$04$6BVFJQ450DqRNG6hhtF5OeA5MPzYL.dYdXLg5FdST17IfIzodf8vi",
                "$2a$31$6BVFJQ450DqRNG6hhtF5OeA5MPzYL.dYdXLg5FdST17IfIzodf8vi",
                "$argon2i$v=19$m=64,t=1,p=2$MDEyMzQ1Njc4OWFiY2RlZg$v4UOBUrVq1C/w5/fbYVGeA",
                "$argon2id$v=19$m=99999999,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$v4UOBUrVq1C/w5/fbYVGeA",
                "$argon2id$v=19$m=0,t=0,p=0$MDEyMzQ1Njc4OWFiY2RlZg$v4UOBUrVq1C/w5/fbYVGeA"
            })
    void a_row_without_a_usable_hash_matches_nothing_and_breaks_nothing(String stored) {
        assertThat(verify("plain", stored)).isEqualTo(PasswordCheck.NO_MATCH);
        assertThat(verify("", stored)).isEqualTo(PasswordCheck.NO_MATCH);
    }

    @Test
    void s01_a_check_for_nobody_is_a_check_that_fails() {
        assertThat(await(passwords.verify(PASSPHRASE, null, PasswordGate.OPEN))).isEqualTo(PasswordCheck.NO_MATCH);
    }

    @Test
    void a_gate_that_refuses_lets_nothing_into_the_pool() {
        RecordingGate gate = new RecordingGate(0);

        assertRefused(passwords.verify(PASSPHRASE, null, gate), ErrorCode.RATE_LIMITED);
        assertThat(gate.outcomes).isEmpty();
    }

    @Test
    void guesses_sent_at_once_are_counted_one_by_one() {
        RecordingGate gate = new RecordingGate(5);
        List<Future<PasswordCheck>> guesses = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            guesses.add(passwords.verify("guess " + i, null, gate));
        }

        await(Future.join(guesses).otherwiseEmpty());

        long checked = guesses.stream().filter(Future::succeeded).count();
        assertThat(checked).isBetween(5L, 5L + HashPool.DEFAULT_THREADS - 1);
        assertThat(gate.outcomes).hasSize((int) checked).containsOnly("failed");
    }

    @Test
    void right_passwords_sent_at_once_are_not_held_back_by_the_limit() {
        RecordingGate gate = new RecordingGate(5);
        String stored = await(passwords.hash(PASSPHRASE));
        List<Future<PasswordCheck>> logins = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            logins.add(passwords.verify(PASSPHRASE, stored, gate));
        }

        await(Future.all(logins));

        assertThat(gate.outcomes).hasSize(30).containsOnly("succeeded");
    }

    private PasswordCheck verify(String password, String stored) {
        return await(passwords.verify(password, stored, PasswordGate.OPEN));
    }

    private static void assertRefused(Future<?> future, ErrorCode code) {
        assertThatThrownBy(() -> await(future))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    /** Lets in until so many have failed. */
    private static final class RecordingGate implements PasswordGate {
        final List<String> outcomes = new ArrayList<>();
        private final int failuresAllowed;

        RecordingGate(int failuresAllowed) {
            this.failuresAllowed = failuresAllowed;
        }

        @Override
        public synchronized void enter() {
            if (outcomes.stream().filter("failed"::equals).count() >= failuresAllowed) {
                throw ServerException.retryAfter(ErrorCode.RATE_LIMITED, 60);
            }
        }

        @Override
        public synchronized void failed() {
            outcomes.add("failed");
        }

        @Override
        public synchronized void succeeded() {
            outcomes.add("succeeded");
        }
    }
}
