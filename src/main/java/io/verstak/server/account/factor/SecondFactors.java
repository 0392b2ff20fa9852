package io.verstak.server.account.factor;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.HashPool;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.TotpStore;
import io.verstak.server.storage.account.TotpStore.Factors;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Authenticator apps and recovery codes of users and administrators. Wrong codes are counted apart from wrong passwords, and a right
 * password does not clear them. Safe for any thread; the futures complete on the caller's context.
 */
public final class SecondFactors {
    /** Where secrets are sealed for; without the owner: an administrator who becomes a user, too, brings the app along. */
    private static final String PLACE = "authenticator app";

    private final TotpStore store;
    private final Limits limits;
    private final HashPool threads;
    private final SecretBox secrets;
    private final SecureRandom random;
    private final Audit audit;
    private final Clock clock;

    /** Codes that were accepted while the database is damaged: it cannot keep them. */
    private final Set<String> usedUnsaved = ConcurrentHashMap.newKeySet();

    /** A code that is right; it is not used up yet. */
    private sealed interface Right {
        record OfApp(String sealed, long step) implements Right {}

        record OfRecovery(String hash) implements Right {}
    }

    /**
     * @param threads on which codes are compared, one after the other as passwords are: of a hundred simultaneous guesses only as many are
     *     checked as the limit allows
     */
    public SecondFactors(
            TotpStore store,
            Limits limits,
            HashPool threads,
            SecretBox secrets,
            SecureRandom random,
            Audit audit,
            Clock clock) {
        this.store = store;
        this.limits = limits;
        this.threads = threads;
        this.secrets = secrets;
        this.random = random;
        this.audit = audit;
        this.clock = clock;
    }

    /** Returns whether a right password of this owner is not enough: there is an authenticator app or a passkey. */
    public Future<Boolean> has(FactorOwner owner) {
        return store.any(owner);
    }

    /** Returns what the owner has. */
    public Future<Factors> of(FactorOwner owner) {
        return store.find(owner);
    }

    /** Returns whether a text looks like a code of an app or a recovery code, and not like a password. */
    public static boolean isCode(String typed) {
        String text = compact(typed);
        return Totp.isCode(text) || RecoveryCode.parse(text).isPresent();
    }

    /**
     * Uses up a code of the owner's authenticator app, or a recovery code. Refuses with {@code UNAUTHORIZED} if it is wrong or was used
     * before, and with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
     *
     * @param typed blanks and hyphens do not matter
     * @return which of them it was
     */
    public Future<SignInMethod> use(FactorOwner owner, String typed, InetAddress from) {
        PasswordGate gate = limits.codeGate(owner.text(), from);
        return Future.succeededFuture()
                .compose(begun -> {
                    gate.enter();
                    return store.find(owner);
                })
                .compose(factors -> threads.submit(() -> throughGate(factors, compact(typed), gate)))
                .compose(right -> right.map(code -> useUp(owner, code, from)).orElseGet(Message.WRONG_CODE::refuse))
                .onFailure(failure -> note(failure, owner, from));
    }

    /** On a thread that may block. */
    private Optional<Right> throughGate(Factors factors, String typed, PasswordGate gate) {
        gate.enterToHash();
        Optional<Right> right = Totp.isCode(typed)
                ? factors.totp().flatMap(totp -> ofApp(totp, typed))
                : RecoveryCode.parse(typed)
                        .map(RecoveryCode::hash)
                        .filter(factors.recoveryCodes()::contains)
                        .map(Right.OfRecovery::new);
        if (right.isPresent()) {
            gate.succeeded();
        } else {
            gate.failed();
        }
        return right;
    }

    private Optional<Right> ofApp(TotpStore.Totp totp, String typed) {
        OptionalLong step = Totp.match(open(totp.sealed()), typed, clock.instant(), totp.lastStep());
        return step.isPresent() ? Optional.of(new Right.OfApp(totp.sealed(), step.getAsLong())) : Optional.empty();
    }

    private Future<SignInMethod> useUp(FactorOwner owner, Right right, InetAddress from) {
        if (store.isReadOnly()) {
            return usedUnsaved.add(owner.text() + ' ' + right)
                    ? Future.succeededFuture(method(right))
                    : Message.WRONG_CODE.refuse();
        }
        Future<Boolean> used = right instanceof Right.OfApp code
                ? store.use(owner, code.sealed(), code.step())
                : store.redeem(owner, ((Right.OfRecovery) right).hash(), recoveryCodeUsed(owner, from));
        return used.compose(first -> first ? Future.succeededFuture(method(right)) : Message.WRONG_CODE.refuse());
    }

    private AuditEntry recoveryCodeUsed(FactorOwner owner, InetAddress from) {
        return owner.realm() == Realm.USER
                ? audit.entry(AuditType.RECOVERY_CODE_USED, owner.key(), from)
                : audit.by(new Actor(owner.key(), from), AuditType.RECOVERY_CODE_USED, "", "");
    }

    private static SignInMethod method(Right right) {
        return right instanceof Right.OfApp ? SignInMethod.CODE : SignInMethod.RECOVERY_CODE;
    }

    private void note(Throwable failure, FactorOwner owner, InetAddress from) {
        if (failure instanceof ServerException refusal && refusal.code() != ErrorCode.UNAVAILABLE) {
            AuditType type = refusal.code() == ErrorCode.RATE_LIMITED ? AuditType.RATE_LIMITED : AuditType.CODE_REFUSED;
            if (owner.realm() == Realm.USER) {
                audit.refused(type, owner.key(), from);
            } else {
                audit.refused(type, new Actor(owner.key(), from), from);
            }
        }
    }

    /** Returns a new secret for an authenticator app, in Base32. It counts for nothing until {@link #enrol}. */
    public String newSecret() {
        return Totp.newSecret(random);
    }

    /**
     * Adds an authenticator app with this secret, of which a code was entered. Refuses with {@code UNAUTHORIZED} if the code is wrong,
     * and with {@code CONFLICT} if there is an app.
     *
     * @param secret that {@link #newSecret} made
     * @param sessions hashes of tokens of this browser: these sessions may do everything from then on, others that are to set up a factor end
     * @return recovery codes as they are shown; empty if the owner has some for a passkey
     */
    public Future<List<String>> enrol(
            FactorOwner owner, String secret, String typed, List<String> sessions, AuditEntry entry) {
        OptionalLong step = Totp.match(secret, compact(typed), clock.instant(), Long.MIN_VALUE);
        if (step.isEmpty()) {
            return Message.WRONG_CODE.refuse();
        }
        return store.find(owner).compose(factors -> {
            List<RecoveryCode> codes =
                    factors.any() && !factors.recoveryCodes().isEmpty() ? List.of() : RecoveryCode.draw(random);
            TotpStore.Totp app = new TotpStore.Totp(secrets.seal(secret, PLACE), step.getAsLong(), clock.millis());
            return store.add(owner, app, hashes(codes), sessions, entry).map(grouped(codes));
        });
    }

    /** Draws recovery codes for the first passkey of a person, with whom they are to be stored. */
    public NewRecoveryCodes drawCodes() {
        List<RecoveryCode> codes = RecoveryCode.draw(random);
        return new NewRecoveryCodes(grouped(codes), hashes(codes));
    }

    /** Replaces the recovery codes, and returns the new ones as they are shown. */
    public Future<List<String>> newCodes(FactorOwner owner, AuditEntry entry) {
        List<RecoveryCode> codes = RecoveryCode.draw(random);
        return store.replaceCodes(owner, hashes(codes), entry).map(grouped(codes));
    }

    /**
     * Removes the authenticator app, and the recovery codes unless there is a passkey.
     *
     * @param asked whether the policy asks for a second factor: sessions must set one up if none is left
     */
    public Future<Void> remove(FactorOwner owner, boolean asked, AuditEntry entry) {
        return store.delete(owner, asked, entry);
    }

    /** Removes everything that the owner has to prove besides the password. */
    public Future<Void> removeAll(FactorOwner owner, AuditEntry entry) {
        return store.deleteAll(owner, entry);
    }

    private static List<String> hashes(List<RecoveryCode> codes) {
        return codes.stream().map(RecoveryCode::hash).toList();
    }

    private static List<String> grouped(List<RecoveryCode> codes) {
        return codes.stream().map(RecoveryCode::grouped).toList();
    }

    private String open(String sealed) {
        return secrets.open(sealed, PLACE)
                .orElseThrow(
                        () -> new StorageException("the secret of an authenticator app was sealed with another key"));
    }

    private static String compact(String typed) {
        return typed.replaceAll("[-\\s]", "").toUpperCase(Locale.ROOT);
    }
}
