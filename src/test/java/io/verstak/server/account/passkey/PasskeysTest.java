package io.verstak.server.account.passkey;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.account.passkey.Passkeys.NewPasskey;
import io.verstak.server.account.passkey.RelyingParty.Obstacle;
import io.verstak.server.audit.Audit;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.config.RateLimitsConfig;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.PasskeyStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of authenticators, right ones and every lie that one could tell. */
@ParameterizedClass
@EnumSource
class PasskeysTest {
    private static final String ORIGIN = "https://sync.example.org:8443";
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final FactorOwner ANNA = FactorOwner.user("a1");
    private static final FactorOwner ROOT = new FactorOwner(Realm.ADMINISTRATOR, "root");

    private static final Budget TRIES = new Budget(10, 300);
    private static final RateLimitsConfig LIMITS = new RateLimitsConfig(true, TRIES, TRIES, TRIES, TRIES, TRIES, TRIES);

    @TempDir
    static Path folder;

    private final TestEngine.Store store;
    private final MutableClock clock = new MutableClock();
    private final SoftAuthenticator authenticator = new SoftAuthenticator(ORIGIN, "sync.example.org");
    private String publicUrl = ORIGIN + "/verstak";
    private Audit audit;
    private PasskeyStore passkeyStore;
    private Passkeys passkeys;

    PasskeysTest(TestEngine engine) {
        store = engine.open();
    }

    @BeforeEach
    void open() throws IOException {
        SecureRandom random = new SecureRandom();
        Path key = folder.resolve("secret.key");
        if (!Files.exists(key)) {
            Files.write(key, new byte[32]);
        }
        audit = new Audit(new AuditStore(store.database()), clock);
        passkeyStore = new PasskeyStore(store.database());
        passkeys = new Passkeys(
                passkeyStore,
                SecretBox.open(key, random),
                new Tokens(random),
                new Limits(() -> LIMITS, Optional.empty(), clock, random),
                audit,
                () -> publicUrl,
                () -> "Sync",
                clock);
        await(new UserStore(store.database())
                .add(new User("a1", "anna", "anna@example.org", "", true, false, 0, "", null, 1), entry()));
    }

    @AfterEach
    void close() {
        await(audit.flushAll());
        store.close();
    }

    @Test
    void a_passkey_signs_in_and_is_counted() {
        add(ANNA, authenticator);
        authenticator.count = 7;

        assertThat(await(signIn())).isEqualTo(ANNA);
        assertThat(store.rows("SELECT sign_count, last_used_at FROM passkeys")).containsExactly("7|" + clock.millis());
        assertThat(store.rows("SELECT realm, owner FROM passkeys")).containsExactly("user|a1");
    }

    @Test
    void an_authenticator_that_does_not_count_signs_in_again_and_again() {
        add(ANNA, authenticator);

        assertThat(await(signIn())).isEqualTo(ANNA);
        assertThat(await(signIn())).isEqualTo(ANNA);
    }

    @Test
    void a_count_that_goes_back_is_refused_and_noted() {
        add(ANNA, authenticator);
        authenticator.count = 7;
        await(signIn());

        authenticator.count = 7;
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
        authenticator.count = 3;
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
        assertThat(store.rows("SELECT sign_count FROM passkeys")).containsExactly("7");
        await(audit.flushAll());
        assertThat(store.rows("SELECT type FROM audit_log WHERE type LIKE 'passkey_count%'"))
                .contains("passkey_count_refused");
    }

    @Test
    void an_answer_is_accepted_once() {
        add(ANNA, authenticator);
        String answer = authenticator.sign(passkeys.signInRequest());

        await(passkeys.signedIn(answer, HERE));
        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.signedIn(answer, HERE));
    }

    @Test
    void a_challenge_expires_after_five_minutes() {
        add(ANNA, authenticator);
        String inTime = authenticator.sign(passkeys.signInRequest());
        String late = authenticator.sign(passkeys.signInRequest());

        clock.advance(Duration.ofMinutes(5).minusMillis(1));
        await(passkeys.signedIn(inTime, HERE));
        clock.advance(Duration.ofMillis(1));
        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.signedIn(late, HERE));
    }

    @Test
    void a_challenge_of_another_purpose_is_refused() {
        add(ANNA, authenticator);
        String confirming = authenticator.sign(await(passkeys.confirmationRequest(ANNA)));
        String second = authenticator.sign(await(passkeys.secondStepRequest(ANNA)));
        String signingIn = authenticator.sign(passkeys.signInRequest());

        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.signedIn(confirming, HERE));
        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.signedIn(second, HERE));
        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.secondStep(ANNA, signingIn, HERE));
        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.confirmed(ANNA, second, HERE));
        await(passkeys.confirmed(ANNA, confirming, HERE));
        await(passkeys.secondStep(ANNA, second, HERE));
    }

    @Test
    void a_challenge_that_nobody_made_is_refused() {
        add(ANNA, authenticator);
        String request = passkeys.signInRequest();

        assertRefused(
                Message.PASSKEY_EXPIRED,
                () -> passkeys.signedIn(
                        authenticator.sign(request.replaceFirst("\"challenge\":\"....", "\"challenge\":\"AAAA")),
                        HERE));
    }

    @Test
    void a_challenge_of_another_person_is_refused() {
        SoftAuthenticator other = new SoftAuthenticator(ORIGIN, "sync.example.org");
        add(ANNA, authenticator);
        add(ROOT, other);
        String ofRoot = other.sign(await(passkeys.secondStepRequest(ROOT)));
        String ofRootByAnna = authenticator.sign(await(passkeys.secondStepRequest(ROOT)));

        assertRefused(Message.PASSKEY_EXPIRED, () -> passkeys.secondStep(ANNA, ofRoot, HERE));
        assertRefused(Message.PASSKEY_WRONG, () -> passkeys.secondStep(ROOT, ofRootByAnna, HERE));
        assertThat(await(passkeys.secondStep(ROOT, ofRoot, HERE))).isEqualTo(ROOT);
    }

    @Test
    void the_credential_of_another_person_does_not_fit_the_signature() {
        SoftAuthenticator thief = new SoftAuthenticator(ORIGIN, "sync.example.org");
        add(ANNA, authenticator);
        add(ROOT, thief);
        thief.credentialId = authenticator.credentialId;
        thief.userHandle = authenticator.userHandle;

        assertRefused(Message.PASSKEY_WRONG, () -> passkeys.signedIn(thief.sign(passkeys.signInRequest()), HERE));
    }

    @Test
    void the_user_handle_must_be_the_one_of_the_passkey() {
        add(ANNA, authenticator);

        authenticator.userHandle = "AAAA";
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
        authenticator.userHandle = "";
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
        // A person who is known already needs not be named.
        await(passkeys.secondStep(ANNA, authenticator.sign(await(passkeys.secondStepRequest(ANNA))), HERE));
    }

    @Test
    void another_origin_is_refused() {
        add(ANNA, authenticator);

        for (String origin : new String[] {
            "https://sync.example.org",
            "https://evil.example.org:8443",
            "http://sync.example.org:8443",
            ORIGIN + ".evil"
        }) {
            authenticator.origin = origin;
            assertRefused(Message.PASSKEY_WRONG, this::signIn);
        }
    }

    @Test
    void another_relying_party_is_refused() {
        add(ANNA, authenticator);

        authenticator.rpId = "example.org";
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
    }

    @Test
    void a_person_who_was_not_verified_is_refused() {
        add(ANNA, authenticator);

        authenticator.flags = SoftAuthenticator.PRESENT;
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
        authenticator.flags = SoftAuthenticator.VERIFIED;
        assertRefused(Message.PASSKEY_WRONG, this::signIn);
    }

    @Test
    void a_passkey_is_created_under_the_same_rules() {
        String request = await(passkeys.creationRequest(ANNA, "anna"));
        authenticator.origin = "https://evil.example.org";
        assertRefused(Message.PASSKEY_WRONG, () -> passkeys.created(ANNA, authenticator.create(request), "Key", HERE));
        authenticator.origin = ORIGIN;
        authenticator.rpId = "evil.example.org";
        assertRefused(Message.PASSKEY_WRONG, () -> passkeys.created(ANNA, authenticator.create(request), "Key", HERE));
        authenticator.rpId = "sync.example.org";
        authenticator.flags = SoftAuthenticator.PRESENT;
        assertRefused(Message.PASSKEY_WRONG, () -> passkeys.created(ANNA, authenticator.create(request), "Key", HERE));
        authenticator.flags |= SoftAuthenticator.VERIFIED;
        assertRefused(
                Message.PASSKEY_EXPIRED, () -> passkeys.created(ROOT, authenticator.create(request), "Key", HERE));
        assertRefused(
                Message.PASSKEY_EXPIRED, () -> passkeys.registered(ANNA, authenticator.create(request), "Key", HERE));
        assertThat(await(passkeys.created(ANNA, authenticator.create(request), "Key", HERE))
                        .passkey()
                        .owner())
                .isEqualTo(ANNA);
    }

    @Test
    void a_credential_is_registered_once_and_no_challenge_adds_two() {
        String request = await(passkeys.creationRequest(ANNA, "anna"));
        add(ANNA, authenticator);
        NewPasskey again = await(passkeys.created(
                ROOT, authenticator.create(await(passkeys.creationRequest(ROOT, "root"))), "Key", HERE));
        assertRefused(
                Message.PASSKEY_KNOWN,
                () -> passkeyStore.add(again.passkey(), again.challenge(), List.of("none"), List.of(), entry()));

        SoftAuthenticator first = new SoftAuthenticator(ORIGIN, "sync.example.org");
        SoftAuthenticator second = new SoftAuthenticator(ORIGIN, "sync.example.org");
        NewPasskey one = await(passkeys.created(ANNA, first.create(request), "Key", HERE));
        NewPasskey two = await(passkeys.created(ANNA, second.create(request), "Key", HERE));
        await(passkeyStore.add(one.passkey(), one.challenge(), List.of("none"), List.of(), entry()));
        assertRefused(
                Message.PASSKEY_EXPIRED,
                () -> passkeyStore.add(two.passkey(), two.challenge(), List.of("none"), List.of(), entry()));
        assertThat(store.rows("SELECT owner FROM passkeys ORDER BY created_at")).containsExactly("a1", "a1");
    }

    @Test
    void all_passkeys_of_a_person_have_one_user_handle_and_know_each_other() {
        add(ANNA, authenticator);
        String request = await(passkeys.creationRequest(ANNA, "anna"));

        assertThat(request).contains(authenticator.userHandle, authenticator.credentialId);
        assertThat(await(passkeys.creationRequest(ROOT, "root"))).doesNotContain(authenticator.userHandle);
    }

    @Test
    void nothing_that_is_no_answer_does_more_than_fail() {
        add(ANNA, authenticator);
        String answer = authenticator.sign(passkeys.signInRequest());

        for (String sent : new String[] {
            "",
            "{}",
            "[]",
            "null",
            "x",
            answer.replace("response", "other"),
            answer.replace("\"id\"", "\"di\""),
            answer.replace("public-key", "password"),
            answer.substring(0, answer.length() / 2),
            "{\"response\":{\"clientDataJSON\":\"e30\"}}"
        }) {
            assertThatThrownBy(() -> await(passkeys.signedIn(sent, HERE)))
                    .as(sent)
                    .isInstanceOf(ServerException.class);
            assertThatThrownBy(() -> await(passkeys.created(ANNA, sent, "Key", HERE)))
                    .as(sent)
                    .isInstanceOf(ServerException.class);
        }
    }

    @Test
    void many_wrong_answers_from_an_address_are_stopped_and_passwords_are_not() {
        add(ANNA, authenticator);
        authenticator.flags = SoftAuthenticator.PRESENT;

        for (int i = 0; i < LIMITS.login().attempts(); i++) {
            assertRefused(Message.PASSKEY_WRONG, this::signIn);
        }
        assertThatThrownBy(() -> await(signIn()))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.RATE_LIMITED));
    }

    @Test
    void a_server_without_https_or_a_name_has_no_passkeys() {
        assertThat(RelyingParty.of("").obstacle()).isEqualTo(Obstacle.NO_ADDRESS);
        assertThat(RelyingParty.of("http://sync.example.org").obstacle()).isEqualTo(Obstacle.NO_HTTPS);
        assertThat(RelyingParty.of("https://192.0.2.1").obstacle()).isEqualTo(Obstacle.IP_ADDRESS);
        assertThat(RelyingParty.of("https://[2001:db8::1]:8443").obstacle()).isEqualTo(Obstacle.IP_ADDRESS);
        assertThat(RelyingParty.of("https://Sync.example.org:443/x").origin()).isEqualTo("https://sync.example.org");
        assertThat(RelyingParty.of("http://localhost:47732").origin()).isEqualTo("http://localhost:47732");

        String answer = authenticator.sign(passkeys.signInRequest());
        publicUrl = "http://sync.example.org";
        assertThat(passkeys.signInRequest()).isEmpty();
        assertThat(await(passkeys.creationRequest(ANNA, "anna"))).isEmpty();
        assertThatThrownBy(() -> await(passkeys.signedIn(answer, HERE))).isInstanceOf(ServerException.class);
    }

    @Test
    void the_last_way_to_sign_in_cannot_be_removed() {
        add(ANNA, authenticator);
        assertRefused(
                Message.LAST_PASSKEY, () -> passkeyStore.remove(ANNA, authenticator.credentialId, false, entry()));
        assertRefused(
                Message.PASSKEY_NOT_FOUND, () -> passkeyStore.remove(ROOT, authenticator.credentialId, false, entry()));
        assertRefused(
                Message.PASSKEY_NOT_FOUND, () -> passkeyStore.rename(ROOT, authenticator.credentialId, "x", entry()));
        add(ANNA, new SoftAuthenticator(ORIGIN, "sync.example.org"));
        await(passkeyStore.remove(ANNA, authenticator.credentialId, false, entry()));
    }

    private Future<FactorOwner> signIn() {
        return passkeys.signedIn(authenticator.sign(passkeys.signInRequest()), HERE);
    }

    private void add(FactorOwner owner, SoftAuthenticator with) {
        NewPasskey made = await(
                passkeys.created(owner, with.create(await(passkeys.creationRequest(owner, owner.key()))), "Key", HERE));
        await(passkeyStore.add(made.passkey(), made.challenge(), List.of("none"), List.of(), entry()));
    }

    private static AuditEntry entry() {
        return new AuditEntry("passkey_added", "", "", "127.0.0.1", "", 1, 1);
    }

    private static void assertRefused(Message message, Supplier<Future<?>> call) {
        ThrowingCallable answer = () -> await(call.get());
        assertThatThrownBy(answer)
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.message()).contains(message));
    }
}
