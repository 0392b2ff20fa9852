package io.verstak.server.account.provider;

import io.verstak.server.storage.SecretBox;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Somebody whom a provider has signed in for the first time, and who is to choose a name. The browser keeps it, sealed, in the form, so
 * that nothing is stored before the form is sent, and any node takes it.
 *
 * @param provider its id
 * @param next the path to open afterwards
 * @param invitation the token of an invitation; empty: none
 * @param at when the provider's answer was checked, in milliseconds since the epoch
 */
record Newcomer(String provider, IdClaims claims, String next, String invitation, long at) {
    private static final String PLACE = "newcomer from a provider";

    boolean isOpen(long now) {
        return Attempt.isOpen(at, now);
    }

    String seal(SecretBox box) {
        return box.seal(
                new JsonObject()
                        .put("provider", provider)
                        .put("issuer", claims.issuer())
                        .put("subject", claims.subject())
                        .put("username", claims.username().orElse(""))
                        .put("email", claims.email().orElse(""))
                        .put("verified", claims.emailVerified())
                        .put("groups", new JsonArray(claims.groups().stream().toList()))
                        .put("authenticated", claims.authenticatedAt().orElse(null))
                        .put("next", next)
                        .put("invitation", invitation)
                        .put("at", at)
                        .encode(),
                PLACE);
    }

    static Optional<Newcomer> open(String sealed, SecretBox box) {
        return box.open(sealed, PLACE).flatMap(Newcomer::parse);
    }

    private static Optional<Newcomer> parse(String text) {
        try {
            JsonObject json = new JsonObject(text);
            Set<String> groups = json.getJsonArray("groups").stream()
                    .map(String.class::cast)
                    .collect(Collectors.toUnmodifiableSet());
            return Optional.of(new Newcomer(
                    json.getString("provider"),
                    new IdClaims(
                            json.getString("issuer"),
                            json.getString("subject"),
                            Optional.of(json.getString("username")).filter(name -> !name.isEmpty()),
                            Optional.of(json.getString("email")).filter(email -> !email.isEmpty()),
                            json.getBoolean("verified"),
                            groups,
                            Optional.ofNullable(json.getLong("authenticated"))),
                    json.getString("next"),
                    json.getString("invitation"),
                    json.getLong("at")));
        } catch (DecodeException | ClassCastException | NullPointerException ofAnotherVersion) {
            return Optional.empty();
        }
    }

    /** Without what it says of the person. */
    @Override
    public String toString() {
        return "Newcomer[" + provider + "]";
    }
}
