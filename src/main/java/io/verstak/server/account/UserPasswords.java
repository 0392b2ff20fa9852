package io.verstak.server.account;

import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.OwnPassword.PasswordReset;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Changes and resets users' passwords. The owner is notified by mail. */
public final class UserPasswords implements OwnPassword {
    private static final Duration LINK_LIVES = Duration.ofHours(1);

    private final AccountContext context;
    private final UserStore users;
    private final PasswordStore passwords;
    private final Logins logins;
    private final OneTimeLinks links;
    private final BackgroundWork behind = new BackgroundWork();

    public UserPasswords(
            AccountContext context, UserStore users, PasswordStore passwords, Logins logins, OneTimeLinks links) {
        this.context = context;
        this.users = users;
        this.passwords = passwords;
        this.logins = logins;
        this.links = links;
    }

    @Override
    public Future<Void> change(Proof proof, String newPassword) {
        SessionIdentity session = proof.session();
        return logins.requirePassword(proof)
                .compose(user -> context.newPasswords()
                        .forUser(user.id(), newPassword)
                        .compose(hash -> passwords.replace(
                                user,
                                new NewPassword(hash, session.tokenHash(), false),
                                context.audit().entry(AuditType.PASSWORD_CHANGED, session, proof.address()))))
                .onSuccess(done -> {
                    context.mailQueued();
                    context.caches().forgetUser(session.owner());
                });
    }

    /** Answers before the look-up: neither the text nor the time of the answer shows whether the user exists. */
    @Override
    public Future<Void> forgot(String typed, InetAddress address) {
        Optional<EmailAddress> email = EmailAddress.parse(typed);
        if (email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        return context.limited(() -> context.limits().forgot().attempt(address), address)
                .onSuccess(allowed -> behind.begin(() -> users.findByEmail(
                                email.get().text())
                        .compose(found -> found.isPresent() && !found.get().blocked()
                                ? offer(found.get(), email.get(), address)
                                : nobody(address))));
    }

    private Future<Void> nobody(InetAddress from) {
        context.audit().refused(AuditType.RESET_FOR_NOBODY, "", from);
        return Future.succeededFuture();
    }

    private Future<Void> offer(User user, EmailAddress email, InetAddress from) {
        return context.limits().mayMail(email).compose(may -> {
            if (may) {
                return offer(user, from);
            }
            context.audit().refused(AuditType.RATE_LIMITED, user.id(), from);
            return Future.succeededFuture();
        });
    }

    private Future<Void> offer(User user, InetAddress from) {
        Link link = context.newLink(Purpose.RESET, user.id(), user.email(), LINK_LIVES);
        return passwords
                .offerReset(
                        link.stored(),
                        context.mails().reset(context.recipient(user), user.username(), link.token(), link.endsAt()),
                        context.audit().entry(AuditType.RESET_OFFERED, user.id(), from))
                .onSuccess(queued -> context.mailQueued());
    }

    @Override
    public Future<Optional<String>> resetting(String token, InetAddress address) {
        return links.find(token, address, digest -> owner(digest).map(user -> user.map(User::username)));
    }

    private Future<Optional<User>> owner(String digest) {
        return passwords
                .resets(digest, context.clock().millis())
                .compose(userId -> userId.map(users::find).orElse(Future.succeededFuture(Optional.empty())));
    }

    /** The link is looked up before the hash, which is expensive: the time of the answer does not help to guess 256 bits. */
    @Override
    public Future<Void> reset(PasswordReset reset) {
        return links.use(
                reset.token(),
                reset.address(),
                digest -> owner(digest)
                        .compose(user ->
                                user.isEmpty() ? Future.succeededFuture(false) : set(user.get(), digest, reset)));
    }

    /** Returns false if the link has been redeemed meanwhile. */
    private Future<Boolean> set(User user, String tokenHash, PasswordReset reset) {
        return context.newPasswords()
                .forUser(user.id(), reset.newPassword())
                .compose(password -> passwords.reset(
                        tokenHash,
                        new NewPassword(password, "", reset.revokeDevices()),
                        context.audit().entry(AuditType.PASSWORD_RESET, user.id(), reset.address())))
                .onSuccess(done -> {
                    if (done) {
                        context.caches().forgetUser(user.id());
                        context.mailQueued();
                    }
                });
    }

    /** Completes when every requested mail is queued. */
    public Future<Void> finished() {
        return behind.finished();
    }
}
