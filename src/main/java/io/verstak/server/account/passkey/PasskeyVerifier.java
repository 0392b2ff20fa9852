package io.verstak.server.account.passkey;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticatorTransport;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.data.extension.authenticator.AuthenticationExtensionsAuthenticatorOutputs;
import com.webauthn4j.data.extension.client.AuthenticationExtensionsClientOutputs;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Verifies what authenticators answer (WebAuthn Level 2, sections 7.1 and 7.2): type, challenge, origin, relying party, presence and
 * verification of the person, signature, count. No attestation is asked for, and none is trusted. Safe for any thread.
 *
 * <p>Every exception of the library is a refusal: strangers write what it parses, and which exceptions broken CBOR causes is documented
 * nowhere.
 */
final class PasskeyVerifier {
    private static final List<PublicKeyCredentialParameters> ALGORITHMS = List.of(
            algorithm(COSEAlgorithmIdentifier.ES256),
            algorithm(COSEAlgorithmIdentifier.EdDSA),
            algorithm(COSEAlgorithmIdentifier.RS256));

    private static final String KEY = "attestedCredentialData";
    private static final String TRANSPORTS = "transports";
    private static final String SYNCED = "backupEligible";

    private final ObjectConverter json = new ObjectConverter();
    private final WebAuthnManager verifier = WebAuthnManager.createNonStrictWebAuthnManager(json);
    private final AttestedCredentialDataConverter keys = new AttestedCredentialDataConverter(json);

    /** What an authenticator answered is not right. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean count;

        private RefusedException(Throwable reason) {
            super(reason);
            this.count = reason instanceof MaliciousCounterValueException;
        }

        private RefusedException(String reason) {
            super(reason);
            this.count = false;
        }

        /** Returns whether everything was right but the count, which went back. */
        boolean ofCount() {
            return count;
        }
    }

    /** A credential that an authenticator has created. The fields are those of {@link Passkey}. */
    record Created(String credentialId, String credential, long signCount) {}

    /**
     * An answer that is not verified yet.
     *
     * @param challenge that it claims to answer
     * @param userHandle base64url; empty: the authenticator named none
     */
    record Assertion(String credentialId, String challenge, String userHandle, AuthenticationData data) {}

    /** A new credential that is not verified yet, and the challenge that it claims to answer. */
    record Creation(String challenge, RegistrationData data) {}

    private static PublicKeyCredentialParameters algorithm(COSEAlgorithmIdentifier id) {
        return new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, id);
    }

    /** Returns the algorithms that are accepted, best first, as browsers take them. */
    static JsonArray algorithms() {
        JsonArray list = new JsonArray();
        ALGORITHMS.forEach(each -> list.add(new JsonObject()
                .put("type", "public-key")
                .put("alg", each.getAlg().getValue())));
        return list;
    }

    /** Reads the JSON of a {@code PublicKeyCredential} that was created. */
    Creation readCreation(String response) throws RefusedException {
        try {
            RegistrationData data = verifier.parseRegistrationResponseJSON(response);
            return new Creation(challenge(data.getCollectedClientData()), data);
        } catch (RuntimeException malformed) {
            throw new RefusedException(malformed);
        }
    }

    Created verify(Creation creation, RelyingParty party) throws RefusedException {
        RegistrationData data = creation.data();
        try {
            verifier.verify(
                    data, new RegistrationParameters(server(party, creation.challenge()), ALGORITHMS, true, true));
        } catch (RuntimeException wrong) {
            throw new RefusedException(wrong);
        }
        @Nullable
        AuthenticatorData<?> authenticator = data.getAttestationObject() == null
                ? null
                : data.getAttestationObject().getAuthenticatorData();
        @Nullable AttestedCredentialData key = authenticator == null ? null : authenticator.getAttestedCredentialData();
        if (authenticator == null || key == null) {
            throw new RefusedException("no credential");
        }
        JsonArray transports = new JsonArray();
        @Nullable Set<AuthenticatorTransport> known = data.getTransports();
        if (known != null) {
            known.stream().map(AuthenticatorTransport::getValue).sorted().forEach(transports::add);
        }
        JsonObject credential = new JsonObject()
                .put(KEY, encode(keys.convert(key)))
                .put(TRANSPORTS, transports)
                .put(SYNCED, authenticator.isFlagBE());
        return new Created(encode(key.getCredentialId()), credential.encode(), authenticator.getSignCount());
    }

    /** Reads the JSON of a {@code PublicKeyCredential} that has signed a challenge. */
    Assertion readAssertion(String response) throws RefusedException {
        try {
            AuthenticationData data = verifier.parseAuthenticationResponseJSON(response);
            byte @Nullable [] handle = data.getUserHandle();
            return new Assertion(
                    encode(data.getCredentialId()),
                    challenge(data.getCollectedClientData()),
                    handle == null ? "" : encode(handle),
                    data);
        } catch (RuntimeException malformed) {
            throw new RefusedException(malformed);
        }
    }

    /** Returns the authenticator's count. */
    long verify(Assertion assertion, Passkey passkey, RelyingParty party) throws RefusedException {
        try {
            CredentialRecord record = record(passkey);
            verifier.verify(
                    assertion.data(),
                    new AuthenticationParameters(
                            server(party, assertion.challenge()),
                            record,
                            List.of(record.getAttestedCredentialData().getCredentialId()),
                            true,
                            true));
            return assertion.data().getAuthenticatorData().getSignCount();
        } catch (RuntimeException wrong) {
            throw new RefusedException(wrong);
        }
    }

    private CredentialRecord record(Passkey passkey) {
        JsonObject stored = new JsonObject(passkey.credential());
        AttestedCredentialData key = keys.convert(Base64.getUrlDecoder().decode(stored.getString(KEY)));
        return new CredentialRecordImpl(
                new NoneAttestationStatement(),
                true,
                stored.getBoolean(SYNCED),
                false,
                passkey.signCount(),
                key,
                new AuthenticationExtensionsAuthenticatorOutputs<>(),
                null,
                new AuthenticationExtensionsClientOutputs<>(),
                transports(passkey).stream()
                        .map(String.class::cast)
                        .map(AuthenticatorTransport::create)
                        .collect(Collectors.toSet()));
    }

    /** Returns how browsers reach the authenticator of a passkey. */
    static JsonArray transports(Passkey passkey) {
        return new JsonObject(passkey.credential()).getJsonArray(TRANSPORTS, new JsonArray());
    }

    private static ServerProperty server(RelyingParty party, String challenge) {
        return new ServerProperty(
                Origin.create(party.origin()),
                party.id(),
                new DefaultChallenge(challenge.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String challenge(CollectedClientData client) {
        return new String(client.getChallenge().getValue(), StandardCharsets.US_ASCII);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
