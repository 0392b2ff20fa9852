package io.verstak.server.account.passkey;

import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Writes what browsers are asked, as the JSON of {@code PublicKeyCredentialRequestOptions} and {@code PublicKeyCredentialCreationOptions}
 * (WebAuthn Level 3, section 5.1.10).
 */
final class PasskeyRequests {
    private PasskeyRequests() {}

    /**
     * Asks to sign a challenge.
     *
     * @param allowed passkeys; empty: any of this relying party
     * @return empty if the relying party has no passkeys
     */
    static String sign(RelyingParty party, String challenge, List<Passkey> allowed) {
        return party.hasPasskeys()
                ? new JsonObject()
                        .put("rpId", party.id())
                        .put("challenge", base64(challenge))
                        .put("timeout", Challenges.LIFE.toMillis())
                        .put("userVerification", "required")
                        .put("allowCredentials", descriptors(allowed))
                        .encode()
                : "";
    }

    /**
     * Asks to create a passkey.
     *
     * @param userHandle of its owner
     * @param name of its owner
     * @param known the owner's passkeys, which are not created again
     */
    static String create(
            RelyingParty party,
            String serverName,
            String userHandle,
            String name,
            String challenge,
            List<Passkey> known) {
        return new JsonObject()
                .put("rp", new JsonObject().put("id", party.id()).put("name", serverName))
                .put(
                        "user",
                        new JsonObject().put("id", userHandle).put("name", name).put("displayName", name))
                .put("challenge", base64(challenge))
                .put("pubKeyCredParams", PasskeyVerifier.algorithms())
                .put("timeout", Challenges.LIFE.toMillis())
                .put("excludeCredentials", descriptors(known))
                .put(
                        "authenticatorSelection",
                        new JsonObject().put("residentKey", "preferred").put("userVerification", "required"))
                .put("attestation", "none")
                .encode();
    }

    private static JsonArray descriptors(List<Passkey> passkeys) {
        JsonArray list = new JsonArray();
        passkeys.forEach(each -> list.add(new JsonObject()
                .put("type", "public-key")
                .put("id", each.credentialId())
                .put("transports", PasskeyVerifier.transports(each))));
        return list;
    }

    private static String base64(String ascii) {
        return base64(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
