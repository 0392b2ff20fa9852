package io.verstak.server.account.passkey;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.PasskeyStore.UsedChallenge;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes and opens the challenges of passkeys. A challenge is a sealed text with 256 random bits that says what it is for: the server
 * keeps nothing of it until it is answered, and any node takes the answer. Safe for any thread.
 */
final class Challenges {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final String PLACE = "passkey challenge";

    private final SecretBox secrets;
    private final Tokens tokens;
    private final Clock clock;

    /** What a challenge is for; an answer to another one is refused. */
    enum Purpose {
        /** Adds a passkey to an account. */
        CREATE,
        /** Creates the passkey of a new account. */
        REGISTER,
        /** Signs in with a passkey alone. */
        SIGN_IN,
        /** Completes a sign-in. */
        SECOND_STEP,
        /** Confirms who sits at a session. */
        CONFIRM
    }

    /**
     * What a challenge says.
     *
     * @param owner who may answer it; null: everyone who has a passkey
     * @param userHandle of the passkey that it creates; empty: none
     */
    record Challenge(Purpose purpose, @Nullable FactorOwner owner, String userHandle, UsedChallenge used) {}

    Challenges(SecretBox secrets, Tokens tokens, Clock clock) {
        this.secrets = secrets;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Returns a new challenge: ASCII. */
    String make(Purpose purpose, @Nullable FactorOwner owner, String userHandle) {
        JsonObject content = new JsonObject()
                .put("for", purpose.name())
                .put("until", clock.millis() + LIFE.toMillis())
                .put("random", tokens.newToken())
                .put("handle", userHandle);
        if (owner != null) {
            content.put("realm", owner.realm().name()).put("owner", owner.key());
        }
        return secrets.seal(content.encode(), PLACE);
    }

    /** Opens the challenge of an answer. Throws {@code INVALID_REQUEST} if it is not one of this purpose and owner, or has expired. */
    Challenge open(String challenge, Purpose purpose, @Nullable FactorOwner owner) {
        return secrets.open(challenge, PLACE)
                .map(JsonObject::new)
                .map(content -> read(challenge, content))
                .filter(opened -> opened.purpose() == purpose
                        && Optional.ofNullable(owner).equals(Optional.ofNullable(opened.owner()))
                        && opened.used().expiresAt() > clock.millis())
                .orElseThrow(() -> new ServerException(Message.PASSKEY_EXPIRED));
    }

    private static Challenge read(String challenge, JsonObject content) {
        String realm = content.getString("realm");
        return new Challenge(
                Purpose.valueOf(content.getString("for")),
                realm == null ? null : new FactorOwner(Realm.valueOf(realm), content.getString("owner")),
                content.getString("handle"),
                new UsedChallenge(Tokens.digest(challenge).hex(), content.getLong("until")));
    }
}
