package io.verstak.server.account.passkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.account.passkey.PasskeyVerifier.Assertion;
import io.verstak.server.account.passkey.PasskeyVerifier.Created;
import io.verstak.server.account.passkey.PasskeyVerifier.RefusedException;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Answers of authenticators that were changed anywhere: all are refused, and none makes the verifier fail in another way. */
class PasskeyVerifierTest {
    private static final int ROUNDS = 2000;
    private static final RelyingParty PARTY = RelyingParty.of("https://sync.example.org");
    private static final String CHALLENGE = "a challenge of this test";

    private final Random random = new Random(20261130);
    private final PasskeyVerifier verifier = new PasskeyVerifier();
    private final SoftAuthenticator authenticator =
            new SoftAuthenticator("https://sync.example.org", "sync.example.org");

    /** A check of one answer. */
    private interface Check {
        void of(String answer) throws RefusedException;
    }

    @Test
    void an_answer_that_was_changed_is_refused_and_nothing_worse() throws RefusedException {
        String creation = authenticator.create(PasskeyRequests.create(
                PARTY, "Sync", PasskeyRequests.base64(new byte[32]), "anna", CHALLENGE, List.of()));
        Created created = verifier.verify(verifier.readCreation(creation), PARTY);
        Passkey passkey = new Passkey(
                created.credentialId(),
                FactorOwner.user("a1"),
                authenticator.userHandle,
                "Key",
                created.credential(),
                created.signCount(),
                1,
                null);
        String assertion = authenticator.sign(PasskeyRequests.sign(PARTY, CHALLENGE, List.of()));
        verifier.verify(verifier.readAssertion(assertion), passkey, PARTY);

        Set<String> failures = new TreeSet<>();
        for (int i = 0; i < ROUNDS; i++) {
            attempt(changed(creation), answer -> verifier.verify(verifier.readCreation(answer), PARTY), failures);
            attempt(
                    changed(assertion),
                    answer -> {
                        Assertion read = verifier.readAssertion(answer);
                        verifier.verify(read, passkey, PARTY);
                        // Neither is signed; who is asked compares both.
                        assertThat(read.challenge()).isEqualTo(CHALLENGE);
                    },
                    failures);
        }
        assertThat(failures).isEmpty();
    }

    private static void attempt(String answer, Check check, Set<String> failures) {
        try {
            check.of(answer);
        } catch (RefusedException refused) {
            assertThat(refused.getMessage()).isNotNull();
        } catch (RuntimeException | StackOverflowError worse) {
            failures.add(worse.getClass().getName() + " at " + worse.getStackTrace()[0]);
        }
    }

    private String changed(String answer) {
        JsonObject json = new JsonObject(answer);
        JsonObject response = json.getJsonObject("response");
        List<String> names = new ArrayList<>(response.fieldNames());
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(8) == 0) {
            Object[] others = {null, 7, true, new JsonArray().add("x"), new JsonObject(), "", "=", "AA", "é"};
            Object other = others[random.nextInt(others.length)];
            if (random.nextBoolean()) {
                response.put(name, other);
            } else {
                json.put(List.of("id", "rawId", "type", "response").get(random.nextInt(4)), other);
            }
            return json.encode();
        }
        byte[] bytes = Base64.getUrlDecoder().decode(response.getString(name));
        return json.put("response", response.put(name, PasskeyRequests.base64(changed(bytes))))
                .encode();
    }

    private byte[] changed(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {1};
        }
        byte[] changed =
                random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 40)) : bytes.clone();
        if (random.nextInt(6) == 0) {
            String text = new String(changed, StandardCharsets.ISO_8859_1)
                    .replace(
                            "none",
                            List.of("packed", "tpm", "fido-u2f", "apple", "android-key", "x")
                                    .get(random.nextInt(6)));
            changed = text.getBytes(StandardCharsets.ISO_8859_1);
        }
        for (int i = random.nextInt(4); i >= 0 && changed.length > 0; i--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }
}
