package io.verstak.server.account.passkey;

import io.verstak.server.account.passkey.Challenges.Challenge;
import io.verstak.server.account.passkey.Challenges.Purpose;
import io.verstak.server.account.passkey.PasskeyVerifier.Assertion;
import io.verstak.server.account.passkey.PasskeyVerifier.Created;
import io.verstak.server.account.passkey.PasskeyVerifier.Creation;
import io.verstak.server.account.passkey.PasskeyVerifier.RefusedException;
import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.NetworkKey;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.PasskeyStore;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.verstak.server.storage.account.PasskeyStore.UsedChallenge;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What browsers are asked about passkeys, and the check of what they answer. Refuses with {@code INVALID_REQUEST} an answer to a challenge
 * that has expired or was answered before, with {@code UNAUTHORIZED} one that is wrong, and with {@code RATE_LIMITED}. May be called on any
 * context.
 */
public final class Passkeys {
    private static final int MAX_NAME = 80;

    /** Control characters, and what changes the order of the text around it. */
    private static final Pattern NOT_IN_NAMES =
            Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    private final PasskeyStore store;
    private final Challenges challenges;
    private final PasskeyVerifier verifier = new PasskeyVerifier();
    private final Tokens tokens;
    private final Limits limits;
    private final Audit audit;
    private final Supplier<String> publicUrl;
    private final Supplier<String> serverName;
    private final Clock clock;

    /**
     * A passkey that was created and verified, to be added in the transaction of its reason.
     *
     * @param challenge that it answers
     */
    public record NewPasskey(Passkey passkey, UsedChallenge challenge) {}

    /**
     * @param publicUrl the current public address of the server
     * @param serverName the current name of the server, which authenticators show
     */
    public Passkeys(
            PasskeyStore store,
            SecretBox secrets,
            Tokens tokens,
            Limits limits,
            Audit audit,
            Supplier<String> publicUrl,
            Supplier<String> serverName,
            Clock clock) {
        this.store = store;
        this.challenges = new Challenges(secrets, tokens, clock);
        this.tokens = tokens;
        this.limits = limits;
        this.audit = audit;
        this.publicUrl = publicUrl;
        this.serverName = serverName;
        this.clock = clock;
    }

    /** Returns the server as passkeys know it at present. */
    public RelyingParty relyingParty() {
        return RelyingParty.of(publicUrl.get());
    }

    /** Returns what a browser is asked to sign in with any passkey of this server: JSON. Empty: there are none. */
    public String signInRequest() {
        return PasskeyRequests.sign(relyingParty(), challenges.make(Purpose.SIGN_IN, null, ""), List.of());
    }

    /** Returns what a browser is asked to complete a sign-in with a passkey of its owner. Empty: there are none. */
    public Future<String> secondStepRequest(FactorOwner owner) {
        return request(owner, Purpose.SECOND_STEP);
    }

    /** Returns what a browser is asked to confirm who sits at a session. Empty: there are no passkeys. */
    public Future<String> confirmationRequest(FactorOwner owner) {
        return request(owner, Purpose.CONFIRM);
    }

    private Future<String> request(FactorOwner owner, Purpose purpose) {
        RelyingParty party = relyingParty();
        return store.list(owner)
                .map(known ->
                        known.isEmpty() ? "" : PasskeyRequests.sign(party, challenges.make(purpose, owner, ""), known));
    }

    /**
     * Returns what a browser is asked to create a passkey. Empty: there are none.
     *
     * @param name with which the person signs in
     */
    public Future<String> creationRequest(FactorOwner owner, String name) {
        return creationRequest(Purpose.CREATE, owner, name);
    }

    /** Works as {@link #creationRequest}, for an account whose mail's link is open. */
    public Future<String> registrationRequest(FactorOwner owner, String name) {
        return creationRequest(Purpose.REGISTER, owner, name);
    }

    private Future<String> creationRequest(Purpose purpose, FactorOwner owner, String name) {
        RelyingParty party = relyingParty();
        return party.hasPasskeys()
                ? store.list(owner).map(known -> creationRequest(party, purpose, owner, name, known))
                : Future.succeededFuture("");
    }

    private String creationRequest(
            RelyingParty party, Purpose purpose, FactorOwner owner, String name, List<Passkey> known) {
        String handle = known.stream().findFirst().map(Passkey::userHandle).orElseGet(this::newUserHandle);
        return PasskeyRequests.create(
                party, serverName.get(), handle, name, challenges.make(purpose, owner, handle), known);
    }

    private String newUserHandle() {
        return PasskeyRequests.base64(HexFormat.of().parseHex(tokens.newToken()));
    }

    /** Returns a name for a passkey: one line of at most 80 characters. */
    public static String name(String wanted) {
        String line = NOT_IN_NAMES.matcher(wanted).replaceAll("").strip();
        int end = line.offsetByCodePoints(0, Math.min(MAX_NAME, line.codePointCount(0, line.length())));
        return line.isEmpty() ? "Passkey" : line.substring(0, end);
    }

    /** Returns the passkey that a browser has created for its owner, to be added. Stores nothing. */
    public Future<NewPasskey> created(FactorOwner owner, String response, String name, InetAddress from) {
        return created(Purpose.CREATE, owner, response, name, from);
    }

    /** Works as {@link #created}, for an answer to {@link #registrationRequest}. */
    public Future<NewPasskey> registered(FactorOwner owner, String response, String name, InetAddress from) {
        return created(Purpose.REGISTER, owner, response, name, from);
    }

    private Future<NewPasskey> created(
            Purpose purpose, FactorOwner owner, String response, String name, InetAddress from) {
        return attempt(owner, from, gate -> {
            Creation creation = verifier.readCreation(response);
            Challenge challenge = challenges.open(creation.challenge(), purpose, owner);
            Created created = verifier.verify(creation, relyingParty());
            return Future.succeededFuture(new NewPasskey(
                    new Passkey(
                            created.credentialId(),
                            owner,
                            challenge.userHandle(),
                            name,
                            created.credential(),
                            created.signCount(),
                            clock.millis(),
                            null),
                    challenge.used()));
        });
    }

    /** Returns the owner of the passkey that has answered {@link #signInRequest}. */
    public Future<FactorOwner> signedIn(String response, InetAddress from) {
        return answered(Purpose.SIGN_IN, null, response, from);
    }

    /** Succeeds if a passkey of the owner has answered {@link #secondStepRequest}. */
    public Future<FactorOwner> secondStep(FactorOwner owner, String response, InetAddress from) {
        return answered(Purpose.SECOND_STEP, owner, response, from);
    }

    /** Succeeds if a passkey of the owner has answered {@link #confirmationRequest}. */
    public Future<FactorOwner> confirmed(FactorOwner owner, String response, InetAddress from) {
        return answered(Purpose.CONFIRM, owner, response, from);
    }

    private Future<FactorOwner> answered(
            Purpose purpose, @Nullable FactorOwner owner, String response, InetAddress from) {
        return attempt(owner, from, gate -> {
            Assertion assertion = verifier.readAssertion(response);
            Challenge challenge = challenges.open(assertion.challenge(), purpose, owner);
            return store.find(assertion.credentialId())
                    .compose(found -> answered(found, assertion, challenge, from, gate));
        });
    }

    private Future<FactorOwner> answered(
            Optional<Passkey> found, Assertion assertion, Challenge challenge, InetAddress from, PasswordGate gate) {
        if (found.isEmpty() || !fits(found.get(), assertion, challenge)) {
            return refuse(found.map(Passkey::owner).orElse(null), AuditType.PASSKEY_REFUSED, from, gate);
        }
        Passkey passkey = found.get();
        long count;
        try {
            count = verifier.verify(assertion, passkey, relyingParty());
        } catch (RefusedException wrong) {
            return refuse(
                    passkey.owner(),
                    wrong.ofCount() ? AuditType.PASSKEY_COUNT_REFUSED : AuditType.PASSKEY_REFUSED,
                    from,
                    gate);
        }
        return store.use(passkey, count, challenge.used(), clock.millis())
                .compose(counted -> counted
                        ? Future.succeededFuture(passkey.owner())
                        : refuse(passkey.owner(), AuditType.PASSKEY_COUNT_REFUSED, from, gate));
    }

    /** Without an owner in the challenge, the authenticator must name the owner that the passkey was created for (section 7.2, step 6). */
    private static boolean fits(Passkey passkey, Assertion assertion, Challenge challenge) {
        FactorOwner asked = challenge.owner();
        boolean named = assertion.userHandle().equals(passkey.userHandle());
        return asked == null
                ? named
                : passkey.owner().equals(asked)
                        && (named || assertion.userHandle().isEmpty());
    }

    private <T> Future<T> refuse(@Nullable FactorOwner owner, AuditType type, InetAddress from, PasswordGate gate) {
        gate.failed();
        audit.refused(type, owner == null || owner.realm() != Realm.USER ? "" : owner.key(), from);
        return Message.PASSKEY_WRONG.refuse();
    }

    /** One answer of a browser. */
    private interface Attempt<T> {
        Future<T> with(PasswordGate gate) throws RefusedException;
    }

    /** An answer that is wrong counts as a wrong password does, apart from passwords. */
    private <T> Future<T> attempt(@Nullable FactorOwner owner, InetAddress from, Attempt<T> attempt) {
        if (!relyingParty().hasPasskeys()) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        PasswordGate gate =
                limits.gate("passkey " + (owner == null ? NetworkKey.of(from).text() : owner.text()), from);
        try {
            gate.enter();
            return attempt.with(gate);
        } catch (RefusedException wrong) {
            return refuse(owner, AuditType.PASSKEY_REFUSED, from, gate);
        } catch (ServerException refusal) {
            if (refusal.code() == ErrorCode.RATE_LIMITED) {
                audit.refused(AuditType.RATE_LIMITED, "", from);
            }
            return Future.failedFuture(refusal);
        }
    }
}
