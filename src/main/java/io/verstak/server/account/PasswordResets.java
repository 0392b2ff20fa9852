package io.verstak.server.account;

import io.verstak.server.account.BusRegistration.Presented;
import io.verstak.server.account.Registration.PasswordReset;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The way back for who has lost the password: a link by mail. */
final class PasswordResets {
    private static final Duration LINK_LIVES = Duration.ofHours(1);

    private final AccountTools tools;
    private final UserStore users;
    private final PasswordStore passwords;
    private final Limits limits;
    private final OneTimeLinks links;
    private final CredentialCaches remembered;
    private final BackgroundWork behind = new BackgroundWork();

    PasswordResets(
            AccountTools tools,
            UserStore users,
            PasswordStore passwords,
            Limits limits,
            OneTimeLinks links,
            CredentialCaches remembered) {
        this.tools = tools;
        this.users = users;
        this.passwords = passwords;
        this.limits = limits;
        this.links = links;
        this.remembered = remembered;
    }

    /** Answers before anything is looked up: neither words nor time tell whether there is such a user. */
    Future<Void> forgot(Presented asked) {
        Optional<EmailAddress> email = EmailAddress.parse(asked.text());
        if (email.isEmpty()) {
            return Future.failedFuture(new ServerException(ErrorCode.INVALID_REQUEST, "invalid email"));
        }
        tools.limited(() -> limits.forgot().attempt(asked.address()), asked.address());
        behind.begin(() -> users.findByEmail(email.get().text())
                .compose(found -> found.isPresent() && !found.get().blocked()
                        ? offer(found.get(), email.get(), asked.address())
                        : nobody(asked.address())));
        return Future.succeededFuture();
    }

    private Future<Void> nobody(InetAddress from) {
        tools.audit().refused(AuditType.RESET_FOR_NOBODY, "", from);
        return Future.succeededFuture();
    }

    private Future<Void> offer(User user, EmailAddress email, InetAddress from) {
        if (!limits.mayMail(email)) {
            tools.audit().refused(AuditType.RATE_LIMITED, user.id(), from);
            return Future.succeededFuture();
        }
        String token = tools.tokens().newToken();
        Instant endsAt = tools.clock().instant().plus(LINK_LIVES);
        EmailToken stored = new EmailToken(
                Tokens.digest(token).hex(), Purpose.RESET, user.id(), user.email(), endsAt.toEpochMilli());
        return passwords
                .offerReset(
                        stored,
                        tools.mails().reset(tools.recipients().of(user), user.username(), token, endsAt),
                        tools.audit().entry(AuditType.RESET_OFFERED, user.id(), from))
                .onSuccess(queued -> tools.mailQueued());
    }

    Future<Optional<String>> resetting(Presented token) {
        return links.find(token.text(), token.address(), digest -> owner(digest).map(user -> user.map(User::username)));
    }

    private Future<Optional<User>> owner(String digest) {
        return passwords
                .resets(digest, tools.clock().millis())
                .compose(userId -> userId.map(users::find).orElse(Future.succeededFuture(Optional.empty())));
    }

    /** The link is looked up first: to hash costs much, and nobody guesses 256 bits by how long the answer takes. */
    Future<Void> reset(PasswordReset reset) {
        return links.use(
                reset.token(),
                reset.address(),
                digest -> owner(digest)
                        .compose(user ->
                                user.isEmpty() ? Future.succeededFuture(false) : set(user.get(), digest, reset)));
    }

    /** @return false when the link was used up meanwhile */
    private Future<Boolean> set(User user, String tokenHash, PasswordReset reset) {
        return tools.newPasswords()
                .forUser(user.id(), reset.newPassword())
                .compose(password -> passwords.reset(
                        tokenHash,
                        new NewPassword(password, "", reset.revokeDevices()),
                        tools.mails().passwordChanged(tools.recipients().of(user), user.username()),
                        tools.audit().entry(AuditType.PASSWORD_RESET, user.id(), reset.address())))
                .onSuccess(done -> {
                    if (done) {
                        remembered.forgetUser(user.id());
                        tools.mailQueued();
                    }
                });
    }

    /** Completes when every mail that was asked for is queued. */
    Future<Void> finished() {
        return behind.finished();
    }
}
