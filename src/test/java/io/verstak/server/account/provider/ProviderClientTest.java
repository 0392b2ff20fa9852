package io.verstak.server.account.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.verstak.server.account.provider.Identities.Begin;
import io.verstak.server.account.provider.Identities.Purpose;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.error.Message;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.LyingProvider;
import io.verstak.server.testkit.MutableClock;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A provider that keeps the rules is believed, and none that breaks one. */
class ProviderClientTest {
    private static final String REDIRECT = "https://sync.example.org/login/provider/lying/callback";

    private static final Vertx VERTX = Vertx.vertx();

    private final MutableClock clock = new MutableClock();
    private final Tokens tokens = new Tokens(new SecureRandom());
    private final LyingProvider provider = new LyingProvider(VERTX, clock);
    private ProviderClient client = new ProviderClient(VERTX, clock);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private String secretFile = "";

    @BeforeEach
    void aSecret() throws IOException {
        secretFile = Files.writeString(folder.resolve("secret"), LyingProvider.SECRET + "\n")
                .toString();
    }

    @AfterEach
    void close() {
        Futures.await(client.close());
        provider.close();
    }

    @AfterAll
    static void closeVertx() {
        Futures.await(VERTX.close());
    }

    private OidcProvider configured() {
        return new OidcProvider(
                "lying",
                "Liar",
                provider.issuer(),
                LyingProvider.CLIENT,
                secretFile,
                List.of("openid", "email"),
                "preferred_username",
                "anybody",
                false,
                false,
                "groups",
                "");
    }

    private Attempt attempt(Purpose purpose) {
        return Attempt.of(new Begin("lying", purpose, "", "", ""), tokens, clock.millis());
    }

    private IdClaims signIn() {
        Attempt attempt = attempt(Purpose.SIGN_IN);
        return exchange(attempt, code(attempt));
    }

    private String code(Attempt attempt) {
        String url = Futures.await(client.authorizationUrl(configured(), attempt, REDIRECT));
        return LyingProvider.query(provider.authorize(url).split("\\?", 2)[1]).getOrDefault("code", "");
    }

    private IdClaims exchange(Attempt attempt, String code) {
        return Futures.await(client.exchange(configured(), attempt, code, "", REDIRECT));
    }

    @Test
    void what_an_honest_provider_says_is_believed() {
        provider.person(
                "s-1",
                Map.of(
                        "preferred_username",
                        "anna",
                        "email",
                        "anna@example.org",
                        "email_verified",
                        true,
                        "groups",
                        List.of("staff", "admins")));
        IdClaims claims = signIn();
        assertThat(claims.subject()).isEqualTo("s-1");
        assertThat(claims.username()).contains("anna");
        assertThat(claims.email()).contains("anna@example.org");
        assertThat(claims.emailVerified()).isTrue();
        assertThat(claims.groups()).containsExactlyInAnyOrder("staff", "admins");
    }

    @Test
    void the_browser_carries_state_nonce_and_the_challenge_but_not_the_verifier() {
        Attempt attempt = attempt(Purpose.SIGN_IN);
        String url = Futures.await(client.authorizationUrl(configured(), attempt, REDIRECT));
        Map<String, String> query = LyingProvider.query(url.split("\\?", 2)[1]);
        assertThat(query)
                .containsEntry("response_type", "code")
                .containsEntry("code_challenge_method", "S256")
                .containsEntry("redirect_uri", REDIRECT)
                .containsEntry("scope", "openid email");
        assertThat(query.get("state")).hasSize(64);
        assertThat(query.get("nonce")).hasSize(64).isNotEqualTo(query.get("state"));
        assertThat(url).doesNotContain(attempt.verifier());
        assertThat(attempt.toString()).doesNotContain(attempt.verifier()).doesNotContain(attempt.state());
    }

    @Test
    void a_public_client_needs_no_secret() {
        secretFile = "";
        assertThat(signIn().subject()).isEqualTo("person-1");
    }

    @Test
    void a_secret_that_cannot_be_read_is_a_refusal_that_names_the_file() {
        secretFile = folder.resolve("none").toString();
        refused("none");
    }

    static List<Arguments> lies() {
        return List.of(
                lie("another nonce", "nonce", of(claims -> claims.claim("nonce", "another"))),
                lie("no nonce", "nonce", of(claims -> claims.claim("nonce", null))),
                lie("another audience", "another client", of(claims -> claims.audience("other"))),
                lie("no audience", "another client", of(claims -> claims.audience((String) null))),
                lie("two audiences", "several", of(claims -> claims.audience(List.of("other", "verstak")))),
                lie("another party", "another client", of(claims -> claims.claim("azp", "other"))),
                lie("another issuer", "another issuer", of(claims -> claims.issuer("https://evil.example.org"))),
                lie("no issuer", "another issuer", of(claims -> claims.issuer(null))),
                lie("expired", "expired", of(claims -> claims.expirationTime(Date.from(Instant.EPOCH)))),
                lie("no expiry", "expired", of(claims -> claims.expirationTime(null))),
                lie("old", "just now", of(claims -> claims.issueTime(Date.from(Instant.EPOCH)))),
                lie(
                        "of the future",
                        "just now",
                        of(claims -> claims.issueTime(Date.from(Instant.EPOCH.plus(Duration.ofDays(99_999)))))),
                lie(
                        "not yet valid",
                        "not valid yet",
                        of(claims -> claims.notBeforeTime(Date.from(Instant.EPOCH.plus(Duration.ofDays(99_999)))))),
                lie("no subject", "no subject", of(claims -> claims.subject(null))),
                lie("numbers for texts", "type", of(claims -> claims.claim("nonce", 5))),
                lie("no signature", "not a signed token", by((liar, claims) -> new PlainJWT(claims).serialize())),
                lie("a cut signature", "no key", by((liar, claims) -> cut(liar.sign(claims)))),
                lie(
                        "another signature",
                        "no key",
                        by((liar, claims) ->
                                LyingProvider.sign(claims, JWSAlgorithm.RS256, LyingProvider.newRsa("first")))),
                lie(
                        "an unknown key",
                        "no key",
                        by((liar, claims) ->
                                LyingProvider.sign(claims, JWSAlgorithm.RS256, LyingProvider.newRsa("unknown")))),
                lie(
                        "the client's secret as a key",
                        "HS256",
                        by((liar, claims) -> hs256(
                                claims,
                                (LyingProvider.SECRET + LyingProvider.SECRET).getBytes(StandardCharsets.UTF_8)))),
                lie(
                        "the public key as a secret",
                        "HS256",
                        by((liar, claims) -> hs256(
                                claims, liar.key().toPublicJWK().toString().getBytes(StandardCharsets.UTF_8)))),
                lie(
                        "another algorithm",
                        "RS512",
                        by((liar, claims) -> LyingProvider.sign(claims, JWSAlgorithm.RS512, liar.key()))),
                lie("an access token", "not an ID token", by((liar, claims) -> typed(liar, claims))),
                lie("five parts", "not a signed token", by((liar, claims) -> "a.b.c.d.e")),
                lie("nothing", "not a signed token", by((liar, claims) -> "")),
                lie("a huge token", "no ID token", by((liar, claims) -> "a".repeat(70_000))),
                lie("HTML", "JSON", token(request -> request.response().end("<html>sign in</html>"))),
                lie(
                        "a list",
                        "JSON",
                        token(request -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end("[]"))),
                lie("no end", "no answer within", token(request -> {})),
                lie("a slow drip", "no answer within", token(ProviderClientTest::drip)),
                lie(
                        "too much",
                        "256 KiB",
                        token(request -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end("{\"a\":\"" + "a".repeat(300_000) + "\"}"))),
                lie(
                        "a redirect",
                        "307",
                        token(request -> request.response()
                                .setStatusCode(307)
                                .putHeader("Location", "/keys")
                                .end())),
                lie(
                        "a refusal",
                        "invalid_grant?script?",
                        token(request -> request.response()
                                .setStatusCode(400)
                                .putHeader("Content-Type", "application/json")
                                .end("{\"error\":\"invalid_grant<script>\"}"))),
                lie(
                        "a fault",
                        "503",
                        token(request -> request.response().setStatusCode(503).end())),
                lie(
                        "a closed connection",
                        "closed",
                        token(request -> request.body()
                                .onComplete(read -> request.connection().close()))),
                lie(
                        "no ID token",
                        "no ID token",
                        token(request -> request.response()
                                .putHeader("Content-Type", "application/json")
                                .end("{\"access_token\":\"a\"}"))),
                lie(
                        "metadata of another issuer",
                        "another issuer",
                        metadata(document -> document.put("issuer", "https://evil.example.org"))),
                lie(
                        "an endpoint without TLS",
                        "authorization_endpoint",
                        metadata(document -> document.put("authorization_endpoint", "http://id.example.org/a"))),
                lie("no token endpoint", "token_endpoint", metadata(document -> document.remove("token_endpoint"))),
                lie("keys of a script", "jwks_uri", metadata(document -> document.put("jwks_uri", "javascript:1"))),
                lie(
                        "plain challenges",
                        "S256",
                        metadata(document ->
                                document.put("code_challenge_methods_supported", new JsonArray().add("plain")))),
                lie(
                        "no metadata",
                        "404",
                        liar -> liar.discovery(
                                request -> request.response().setStatusCode(404).end())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void a_lie_is_refused(String name, String reason, Consumer<LyingProvider> lie) {
        lie.accept(provider);
        if (reason.startsWith("no answer")) {
            client = new ProviderClient(VERTX, clock, Duration.ofMillis(700));
        }
        refused(reason);
    }

    private void refused(String reason) {
        assertThatThrownBy(this::signIn)
                .isInstanceOfSatisfying(
                        ProviderException.class,
                        refusal ->
                                assertThat(refusal.told()).isIn(Message.PROVIDER_REFUSED, Message.PROVIDER_UNREACHABLE))
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void these_algorithms_are_taken(JWSAlgorithm algorithm) {
        provider.algorithm(
                algorithm,
                algorithm.equals(JWSAlgorithm.ES256) ? LyingProvider.newEc("ec") : LyingProvider.newRsa("rsa"));
        assertThat(signIn().subject()).isEqualTo("person-1");
    }

    static List<JWSAlgorithm> algorithms() {
        return List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
    }

    @Test
    void a_signature_by_Ed25519_is_checked() throws GeneralSecurityException, JOSEException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        OctetKeyPair key = new OctetKeyPair.Builder(Curve.Ed25519, x((EdECPublicKey) pair.getPublic()))
                .keyID("ed")
                .build();
        provider.algorithm(JWSAlgorithm.EdDSA, key);
        provider.signer(claims -> ed25519(claims, pair));
        assertThat(signIn().subject()).isEqualTo("person-1");

        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        provider.signer(claims -> ed25519(claims, other));
        refused("no key");
    }

    @Test
    void a_new_key_is_read_when_a_token_names_it_and_not_at_each_token() {
        signIn();
        assertThat(provider.keysRead()).isEqualTo(1);
        provider.algorithm(JWSAlgorithm.RS256, LyingProvider.newRsa("second"));
        clock.advance(Duration.ofSeconds(31));
        assertThat(signIn().subject()).isEqualTo("person-1");
        assertThat(provider.keysRead()).isEqualTo(2);

        provider.algorithm(JWSAlgorithm.RS256, LyingProvider.newRsa("third"));
        for (int i = 0; i < 5; i++) {
            refused("no key");
        }
        assertThat(provider.keysRead()).isEqualTo(2);
    }

    @Test
    void a_key_replaced_under_its_old_name_is_read_again() {
        signIn();
        provider.algorithm(JWSAlgorithm.RS256, LyingProvider.newRsa("first"));
        clock.advance(Duration.ofSeconds(31));
        assertThat(signIn().subject()).isEqualTo("person-1");
    }

    @Test
    void a_code_is_good_for_one_token_and_one_verifier() {
        Attempt attempt = attempt(Purpose.SIGN_IN);
        String code = code(attempt);
        exchange(attempt, code);
        assertThatThrownBy(() -> exchange(attempt, code)).hasMessageContaining("invalid_grant");

        String stolen = code(attempt);
        assertThatThrownBy(() -> exchange(attempt(Purpose.SIGN_IN), stolen)).hasMessageContaining("invalid_grant");
    }

    @Test
    void the_answer_of_another_issuer_is_refused_before_the_code_is_sent_anywhere() {
        Attempt attempt = attempt(Purpose.SIGN_IN);
        String code = code(attempt);
        assertThatThrownBy(() -> Futures.await(
                        client.exchange(configured(), attempt, code, "https://evil.example.org", REDIRECT)))
                .hasMessageContaining("another issuer");
        assertThat(exchange(attempt, code).subject()).isEqualTo("person-1");
    }

    @Test
    void a_provider_that_was_down_is_asked_again_after_five_seconds_and_what_it_said_holds_meanwhile() {
        provider.down();
        refused("127.0.0.1");
        provider.up();
        refused("127.0.0.1");
        clock.advance(Duration.ofSeconds(6));
        signIn();

        Attempt attempt = attempt(Purpose.SIGN_IN);
        clock.advance(Duration.ofHours(2));
        provider.discovery(request -> request.response().setStatusCode(500).end());
        assertThat(Futures.await(client.authorizationUrl(configured(), attempt, REDIRECT)))
                .startsWith(provider.issuer() + "/authorize?");
    }

    private static Arguments lie(String name, String reason, Consumer<LyingProvider> lie) {
        return Arguments.of(name, reason, lie);
    }

    private static Consumer<LyingProvider> of(Consumer<JWTClaimsSet.Builder> claims) {
        return liar -> liar.claims(claims);
    }

    private interface Signer {
        String sign(LyingProvider liar, JWTClaimsSet claims);
    }

    private static Consumer<LyingProvider> by(Signer signer) {
        return liar -> liar.signer(claims -> signer.sign(liar, claims));
    }

    private static Consumer<LyingProvider> token(Consumer<HttpServerRequest> answer) {
        return liar -> liar.tokenEndpoint(answer::accept);
    }

    private static Consumer<LyingProvider> metadata(Consumer<JsonObject> change) {
        return liar -> liar.metadata(change);
    }

    private static void drip(HttpServerRequest request) {
        request.response()
                .setChunked(true)
                .putHeader("Content-Type", "application/json")
                .write("{");
    }

    private static String cut(String token) {
        return token.substring(0, token.length() - 8);
    }

    private static String hs256(JWTClaimsSet claims, byte[] secret) {
        try {
            SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            jwt.sign(new MACSigner(secret));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String typed(LyingProvider liar, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID("first")
                            .type(new JOSEObjectType("at+jwt"))
                            .build(),
                    claims);
            jwt.sign(new RSASSASigner(liar.key().toRSAKey()));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String ed25519(JWTClaimsSet claims, KeyPair pair) {
        try {
            SignedJWT unsigned = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.EdDSA).keyID("ed").build(), claims);
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(unsigned.getSigningInput());
            return new String(unsigned.getSigningInput(), StandardCharsets.US_ASCII)
                    + "."
                    + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Base64URL x(EdECPublicKey key) {
        byte[] little = new byte[32];
        byte[] big = key.getPoint().getY().toByteArray();
        for (int i = 0; i < Math.min(big.length, 32); i++) {
            little[i] = big[big.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            little[31] |= (byte) 0x80;
        }
        return Base64URL.encode(little);
    }
}
