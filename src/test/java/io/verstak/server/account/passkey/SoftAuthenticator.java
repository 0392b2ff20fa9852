package io.verstak.server.account.passkey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.verstak.server.domain.Sha256;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** An authenticator with one key (ES256) and the browser in front of it, which a test can have lie about anything. */
public final class SoftAuthenticator {
    static final int PRESENT = 0x01;
    static final int VERIFIED = 0x04;
    private static final int WITH_KEY = 0x40;

    private final ObjectMapper cbor = new CBORMapper();
    private final KeyPair key;
    String credentialId;
    String origin;
    String rpId;
    String userHandle = "";
    int flags = PRESENT | VERIFIED;
    int count;

    public SoftAuthenticator(String origin, String rpId) {
        this.origin = origin;
        this.rpId = rpId;
        byte[] id = new byte[32];
        new SecureRandom().nextBytes(id);
        credentialId = encode(id);
        try {
            KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
            pairs.initialize(new ECGenParameterSpec("secp256r1"));
            key = pairs.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What it answers to a request to create a passkey. */
    public String create(String request) {
        JsonObject asked = new JsonObject(request);
        userHandle = asked.getJsonObject("user").getString("id");
        byte[] id = Base64.getUrlDecoder().decode(credentialId);
        byte[] cose = cbor(coseKey());
        byte[] credential = ByteBuffer.allocate(18 + id.length + cose.length)
                .put(new byte[16])
                .putShort((short) id.length)
                .put(id)
                .put(cose)
                .array();
        Map<String, Object> attestation = new LinkedHashMap<>();
        attestation.put("fmt", "none");
        attestation.put("attStmt", Map.of());
        attestation.put("authData", authenticatorData(WITH_KEY, credential));
        return response(new JsonObject()
                .put("clientDataJSON", encode(clientData("webauthn.create", asked.getString("challenge"))))
                .put("attestationObject", encode(cbor(attestation))));
    }

    /** What it answers to a request to sign. */
    String sign(String request) {
        byte[] data = authenticatorData(0, new byte[0]);
        byte[] client = clientData("webauthn.get", new JsonObject(request).getString("challenge"));
        JsonObject answer = new JsonObject()
                .put("clientDataJSON", encode(client))
                .put("authenticatorData", encode(data))
                .put("signature", encode(signature(data, client)));
        return response(userHandle.isEmpty() ? answer : answer.put("userHandle", userHandle));
    }

    private byte[] signature(byte[] data, byte[] client) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(data);
            signature.update(bytes(Sha256.of(client)));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private String response(JsonObject response) {
        return new JsonObject()
                .put("id", credentialId)
                .put("rawId", credentialId)
                .put("type", "public-key")
                .put("clientExtensionResults", new JsonObject())
                .put("response", response)
                .encode();
    }

    private byte[] clientData(String type, String challenge) {
        return new JsonObject()
                .put("type", type)
                .put("challenge", challenge)
                .put("origin", origin)
                .put("crossOrigin", false)
                .encode()
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] authenticatorData(int more, byte[] credential) {
        return ByteBuffer.allocate(37 + credential.length)
                .put(bytes(Sha256.of(rpId.getBytes(StandardCharsets.UTF_8))))
                .put((byte) (flags | more))
                .putInt(count)
                .put(credential)
                .array();
    }

    private Map<Integer, Object> coseKey() {
        ECPublicKey point = (ECPublicKey) key.getPublic();
        Map<Integer, Object> cose = new LinkedHashMap<>();
        cose.put(1, 2);
        cose.put(3, -7);
        cose.put(-1, 1);
        cose.put(-2, unsigned(point.getW().getAffineX()));
        cose.put(-3, unsigned(point.getW().getAffineY()));
        return cose;
    }

    private static byte[] unsigned(BigInteger coordinate) {
        byte[] bytes = coordinate.toByteArray();
        ByteBuffer padded = ByteBuffer.allocate(32);
        int from = Math.max(0, bytes.length - 32);
        padded.position(32 - (bytes.length - from));
        return padded.put(bytes, from, bytes.length - from).array();
    }

    /** Jackson writes the keys of a map as texts only; those of a COSE key are numbers. */
    private byte[] cbor(Map<?, ?> map) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xa0 + map.size());
        try {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeBytes(cbor.writeValueAsBytes(entry.getKey()));
                out.writeBytes(cbor.writeValueAsBytes(entry.getValue()));
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(Sha256 digest) {
        return HexFormat.of().parseHex(digest.hex());
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
