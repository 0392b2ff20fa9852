package io.verstak.server.account.factor;

import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Seals the state of a sign-in for the browser, which brings it back with the second step: the server keeps nothing of it, and any node
 * takes it. Safe for any thread.
 */
public final class SignInSteps {
    /** How long a person has for the second step. */
    public static final Duration LIFE = Duration.ofMinutes(10);

    private static final String PLACE = "sign-in step";

    private final SecretBox secrets;
    private final Clock clock;

    public SignInSteps(SecretBox secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Returns the sealed state after a first step that was right. */
    public String seal(Realm realm, String owner, long epoch, SignInMethod proven) {
        JsonObject state = new JsonObject()
                .put("realm", realm.name())
                .put("owner", owner)
                .put("epoch", epoch)
                .put("expires", clock.millis() + LIFE.toMillis())
                .put("proven", proven.name());
        return secrets.seal(state.encode(), PLACE);
    }

    /** Returns the state; empty if it was changed, was sealed for something else, or has expired. */
    public Optional<SignInStep> open(String sealed) {
        return secrets.open(sealed, PLACE)
                .map(JsonObject::new)
                .map(state -> new SignInStep(
                        Realm.valueOf(state.getString("realm")),
                        state.getString("owner"),
                        state.getLong("epoch"),
                        state.getLong("expires"),
                        SignInMethod.valueOf(state.getString("proven"))))
                .filter(step -> step.expiresAt() > clock.millis());
    }
}
