package io.verstak.server.account.provider;

import io.verstak.server.account.provider.Identities.Purpose;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.storage.SecretBox;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * A sign-in that was begun: what the answer of the provider is compared with. The browser keeps it, sealed, in a cookie, so that any node
 * can complete it and no other browser.
 *
 * @param provider its id
 * @param next the path to open afterwards
 * @param invitation the token of an invitation; empty: none
 * @param session the hash of the token of the session that it was begun in; empty: none
 * @param begunAt milliseconds since the epoch
 */
record Attempt(
        String provider,
        Purpose purpose,
        String state,
        String nonce,
        String verifier,
        String next,
        String invitation,
        String session,
        long begunAt) {
    static final Duration LIFE = Duration.ofMinutes(10);

    private static final String PLACE = "provider sign-in";

    /** Returns an attempt with new random state, nonce and verifier of 256 bits each. */
    static Attempt of(Identities.Begin begin, Tokens tokens, long now) {
        return new Attempt(
                begin.provider(),
                begin.purpose(),
                tokens.newToken(),
                tokens.newToken(),
                tokens.newToken(),
                begin.next(),
                begin.invitation(),
                begin.session(),
                now);
    }

    /** Returns the challenge of PKCE (RFC 7636, S256). */
    String challenge() {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }

    boolean hasState(String given) {
        return MessageDigest.isEqual(state.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    boolean isOpen(long now) {
        return isOpen(begunAt, now);
    }

    /** Returns whether what was sealed at a time may still be sent. It may be from the future: a clock may have gone back. */
    static boolean isOpen(long sealedAt, long now) {
        return now >= sealedAt - LIFE.toMillis() && now < sealedAt + LIFE.toMillis();
    }

    String seal(SecretBox box) {
        return box.seal(
                new JsonObject()
                        .put("provider", provider)
                        .put("purpose", purpose.name())
                        .put("state", state)
                        .put("nonce", nonce)
                        .put("verifier", verifier)
                        .put("next", next)
                        .put("invitation", invitation)
                        .put("user", session)
                        .put("at", begunAt)
                        .encode(),
                PLACE);
    }

    static Optional<Attempt> open(String sealed, SecretBox box) {
        return box.open(sealed, PLACE).flatMap(Attempt::parse);
    }

    private static Optional<Attempt> parse(String text) {
        try {
            JsonObject json = new JsonObject(text);
            return Optional.of(new Attempt(
                    json.getString("provider"),
                    Purpose.valueOf(json.getString("purpose")),
                    json.getString("state"),
                    json.getString("nonce"),
                    json.getString("verifier"),
                    json.getString("next"),
                    json.getString("invitation"),
                    json.getString("user"),
                    json.getLong("at")));
        } catch (DecodeException | ClassCastException | IllegalArgumentException ofAnotherVersion) {
            return Optional.empty();
        }
    }

    /** Without its secrets. */
    @Override
    public String toString() {
        return "Attempt[" + provider + ", " + purpose + "]";
    }
}
