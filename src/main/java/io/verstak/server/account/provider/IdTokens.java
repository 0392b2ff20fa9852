package io.verstak.server.account.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.verstak.server.config.AccountsConfig.OidcProvider;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks ID tokens (OpenID Connect Core 1.0, section 3.1.3.7): a signature by a key of the provider with one of four kinds of
 * algorithms, issuer, audience, nonce and times. Clocks may differ by one minute.
 */
final class IdTokens {
    static final int MAX_LENGTH = 64 << 10;

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** A token is made for the sign-in that asks for it. */
    private static final Duration OLDEST = Duration.ofMinutes(10);

    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_SUBJECT = 255;
    private static final int MAX_TEXT = 1000;

    private final Clock clock;

    IdTokens(Clock clock) {
        this.clock = clock;
    }

    /** @throws ProviderException if it is not a token with an allowed signature */
    static SignedJWT parse(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            if (!ALGORITHMS.contains(header.getAlgorithm())) {
                throw ProviderException.refused("the ID token is signed with " + header.getAlgorithm());
            }
            if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
                throw ProviderException.refused("the ID token has a header that this server does not know");
            }
            JOSEObjectType type = header.getType();
            if (type != null && !type.equals(JOSEObjectType.JWT)) {
                throw ProviderException.refused("the token is not an ID token");
            }
            return jwt;
        } catch (ParseException malformed) {
            throw ProviderException.refused("the ID token is not a signed token");
        }
    }

    /** Returns whether one of the keys has signed the token. */
    static boolean isSigned(SignedJWT jwt, JWKSet keys) {
        @Nullable JWKMatcher matcher = JWKMatcher.forJWSHeader(jwt.getHeader());
        return matcher != null && new JWKSelector(matcher).select(keys).stream().anyMatch(key -> isSignedBy(jwt, key));
    }

    /**
     * Returns the claims of a token whose signature was checked.
     *
     * @throws ProviderException if it was not made for this sign-in
     */
    IdClaims check(OidcProvider provider, SignedJWT jwt, String nonce) {
        try {
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            require(provider.issuer().equals(claims.getIssuer()), "the ID token names another issuer");
            requireAudience(provider, claims);
            requireTimes(claims);
            @Nullable String stated = claims.getStringClaim("nonce");
            require(stated != null && equal(stated, nonce), "the ID token has another nonce");
            @Nullable String subject = claims.getSubject();
            require(
                    subject != null && !subject.isBlank() && subject.length() <= MAX_SUBJECT,
                    "the ID token has no subject");
            return claims(provider, claims, String.valueOf(subject));
        } catch (ParseException malformed) {
            throw ProviderException.refused("a claim of the ID token is not of its type");
        }
    }

    private static void requireAudience(OidcProvider provider, JWTClaimsSet claims) throws ParseException {
        List<String> audience = claims.getAudience();
        @Nullable String party = claims.getStringClaim("azp");
        require(audience.contains(provider.clientId()), "the ID token is for another client");
        require(audience.size() == 1 || party != null, "the ID token is for several clients and names none of them");
        require(party == null || party.equals(provider.clientId()), "the ID token was issued to another client");
    }

    private void requireTimes(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Optional<Instant> expires = time(claims.getExpirationTime());
        Optional<Instant> issued = time(claims.getIssueTime());
        Optional<Instant> begins = time(claims.getNotBeforeTime());
        require(expires.filter(end -> end.plus(SKEW).isAfter(now)).isPresent(), "the ID token has expired");
        require(
                issued.filter(made -> !made.minus(SKEW).isAfter(now)
                                && made.plus(OLDEST).plus(SKEW).isAfter(now))
                        .isPresent(),
                "the ID token was not issued just now; compare the clocks");
        require(begins.filter(begin -> begin.minus(SKEW).isAfter(now)).isEmpty(), "the ID token is not valid yet");
    }

    private static Optional<Instant> time(@Nullable Date date) {
        return Optional.ofNullable(date).map(Date::toInstant);
    }

    private static IdClaims claims(OidcProvider provider, JWTClaimsSet claims, String subject) throws ParseException {
        @Nullable Object verified = claims.getClaim("email_verified");
        return new IdClaims(
                provider.issuer(),
                subject,
                text(claims.getClaim(provider.usernameClaim())),
                text(claims.getClaim("email")),
                // Some providers send it as a text.
                Boolean.TRUE.equals(verified) || "true".equals(verified),
                groups(claims.getClaim(provider.groupsClaim())),
                time(claims.getDateClaim("auth_time")).map(Instant::toEpochMilli));
    }

    private static Optional<String> text(@Nullable Object value) {
        return value instanceof String text && !text.isBlank() && text.length() <= MAX_TEXT
                ? Optional.of(text)
                : Optional.empty();
    }

    private static Set<String> groups(@Nullable Object value) {
        if (value instanceof String one) {
            return Set.of(one);
        }
        return value instanceof Collection<?> many
                ? many.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    private static boolean isSignedBy(SignedJWT jwt, JWK key) {
        try {
            if (key instanceof OctetKeyPair pair) {
                return Curve.Ed25519.equals(pair.getCurve()) && isSignedBy(jwt, pair);
            }
            boolean strong = !(key instanceof RSAKey rsa) || rsa.size() >= MIN_RSA_BITS;
            return strong
                    && key instanceof AsymmetricJWK pair
                    && jwt.verify(
                            new DefaultJWSVerifierFactory().createJWSVerifier(jwt.getHeader(), pair.toPublicKey()));
        } catch (JOSEException | GeneralSecurityException unusable) {
            return false;
        }
    }

    /** The library has no Ed25519 of its own, Java has. */
    private static boolean isSignedBy(SignedJWT jwt, OctetKeyPair key) throws GeneralSecurityException {
        byte[] point = key.getDecodedX();
        int last = point.length - 1;
        boolean odd = (point[last] & 0x80) != 0;
        point[last] &= 0x7f;
        for (int i = 0; i < point.length / 2; i++) {
            byte swapped = point[i];
            point[i] = point[last - i];
            point[last - i] = swapped;
        }
        PublicKey spec = KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, point))));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(spec);
        signature.update(jwt.getSigningInput());
        return signature.verify(jwt.getSignature().decode());
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw ProviderException.refused(otherwise);
        }
    }
}
