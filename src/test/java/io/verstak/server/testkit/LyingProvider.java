package io.verstak.server.testkit;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect provider that keeps the rules until a test says otherwise. It signs in whoever asks as the current person. */
public final class LyingProvider implements AutoCloseable {
    public static final String CLIENT = "verstak";
    public static final String SECRET = "a secret & a sign";

    private static final List<RSAKey> RSA =
            Stream.generate(LyingProvider::generate).limit(4).toList();
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Vertx vertx;
    private final Clock clock;
    private HttpServer server;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final AtomicInteger keysRead = new AtomicInteger();

    private volatile JWK key = newRsa("first");
    private volatile JWSAlgorithm algorithm = JWSAlgorithm.RS256;
    private volatile Consumer<JWTClaimsSet.Builder> claims = same -> {};
    private volatile Function<JWTClaimsSet, String> signer = this::sign;
    private volatile Consumer<JsonObject> metadata = same -> {};
    private volatile @Nullable Handler<HttpServerRequest> tokenEndpoint;
    private volatile @Nullable Handler<HttpServerRequest> discovery;
    private volatile String subject = "person-1";

    public LyingProvider(Vertx vertx, Clock clock) {
        this.vertx = vertx;
        this.clock = clock;
        this.server = listen(freePort());
    }

    /** One that nobody else is given while {@link #down}. */
    private static int freePort() {
        try {
            return FreePort.any();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpServer listen(int port) {
        return Futures.await(
                vertx.createHttpServer().requestHandler(this::answer).listen(port, "127.0.0.1"));
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    /** Returns an item of {@code accounts.oidc} for this provider. */
    public JsonObject configuration() {
        return new JsonObject()
                .put("id", "lying")
                .put("name", "Liar & Sons")
                .put("issuer", issuer())
                .put("clientId", CLIENT)
                .put("registration", "anybody");
    }

    /** Stops to listen until {@link #up}. */
    public void down() {
        Futures.await(server.close());
    }

    public void up() {
        server = listen(server.actualPort());
    }

    /** The person who is signed in at the provider. */
    public void person(String other, Map<String, Object> said) {
        subject = other;
        claims = builder -> said.forEach(builder::claim);
    }

    public void claims(Consumer<JWTClaimsSet.Builder> change) {
        claims = change;
    }

    public void metadata(Consumer<JsonObject> change) {
        metadata = change;
    }

    public void tokenEndpoint(Handler<HttpServerRequest> other) {
        tokenEndpoint = other;
    }

    public void discovery(Handler<HttpServerRequest> other) {
        discovery = other;
    }

    public void signer(Function<JWTClaimsSet, String> other) {
        signer = other;
    }

    public void algorithm(JWSAlgorithm other, JWK otherKey) {
        algorithm = other;
        key = otherKey;
    }

    public JWK key() {
        return key;
    }

    public int keysRead() {
        return keysRead.get();
    }

    /** Returns a key that differs from the ones before it. Making each anew would take a second of processor time. */
    public static RSAKey newRsa(String id) {
        RSAKey pair = RSA.get(Math.floorMod(MADE.getAndIncrement(), RSA.size()));
        return new RSAKey.Builder(pair).keyID(id).keyUse(KeyUse.SIGNATURE).build();
    }

    private static RSAKey generate() {
        try {
            return new RSAKeyGenerator(2048).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    public static ECKey newEc(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** Signs as the provider does at present. */
    public String sign(JWTClaimsSet content) {
        return sign(content, algorithm, key);
    }

    public static String sign(JWTClaimsSet content, JWSAlgorithm with, JWK by) {
        try {
            JWSSigner own = by instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(by.toRSAKey());
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(with).keyID(by.getKeyID()).build(), content);
            jwt.sign(own);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** Signs the person in, as a browser that opens the address would have it, and returns where the browser is sent. */
    public String authorize(String url) {
        Map<String, String> query = query(URI.create(url).getRawQuery());
        String code = UUID.randomUUID().toString();
        codes.put(code, query);
        return query.get("redirect_uri") + "?code=" + code + "&state=" + query.get("state");
    }

    /** Returns the parameters of a query or a form. */
    public static Map<String, String> query(String raw) {
        return Arrays.stream(raw.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(
                        pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8), (a, b) -> b));
    }

    private void answer(HttpServerRequest request) {
        switch (request.path()) {
            case "/.well-known/openid-configuration" -> orElse(discovery, this::describe, request);
            case "/keys" -> {
                keysRead.incrementAndGet();
                json(request, 200, new JsonObject(new JWKSet(key.toPublicJWK()).toString()));
            }
            case "/authorize" ->
                request.response()
                        .setStatusCode(302)
                        .putHeader("Location", authorize(request.absoluteURI()))
                        .end();
            case "/token" -> orElse(tokenEndpoint, this::redeem, request);
            default -> request.response().setStatusCode(404).end();
        }
    }

    private static void orElse(
            @Nullable Handler<HttpServerRequest> lie, Handler<HttpServerRequest> honest, HttpServerRequest request) {
        (lie == null ? honest : lie).handle(request);
    }

    private void describe(HttpServerRequest request) {
        JsonObject document = new JsonObject()
                .put("issuer", issuer())
                .put("authorization_endpoint", issuer() + "/authorize")
                .put("token_endpoint", issuer() + "/token")
                .put("jwks_uri", issuer() + "/keys");
        metadata.accept(document);
        json(request, 200, document);
    }

    private void redeem(HttpServerRequest request) {
        request.setExpectMultipart(true);
        request.endHandler(end -> {
            MultiMap form = request.formAttributes();
            @Nullable Map<String, String> asked = codes.remove(form.get("code"));
            boolean right = asked != null
                    && form.get("redirect_uri").equals(asked.get("redirect_uri"))
                    && challenge(form.get("code_verifier")).equals(asked.get("code_challenge"))
                    && isClient(request, form);
            if (!right || asked == null) {
                json(request, 400, new JsonObject().put("error", "invalid_grant"));
                return;
            }
            json(
                    request,
                    200,
                    new JsonObject()
                            .put("access_token", "unused")
                            .put("token_type", "Bearer")
                            .put("id_token", signer.apply(content(asked))));
        });
    }

    private static boolean isClient(HttpServerRequest request, MultiMap form) {
        @Nullable String header = request.getHeader("Authorization");
        return header == null
                ? CLIENT.equals(form.get("client_id"))
                : header.equals("Basic "
                        + Base64.getEncoder()
                                .encodeToString("verstak:a+secret+%26+a+sign".getBytes(StandardCharsets.UTF_8)));
    }

    private JWTClaimsSet content(Map<String, String> asked) {
        Instant now = clock.instant();
        JWTClaimsSet.Builder builder = new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject(subject)
                .audience(CLIENT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("auth_time", now.getEpochSecond())
                .claim("nonce", asked.get("nonce"));
        claims.accept(builder);
        return builder.build();
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void json(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.encode());
    }

    /** Returns the claims of a token, for a lie that changes the rest. */
    public static JWTClaimsSet read(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        Futures.await(server.close());
    }
}
