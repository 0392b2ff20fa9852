package io.verstak.server.account;

import io.verstak.server.account.BusOwnAccount.EmailWish;
import io.verstak.server.account.BusRegistration.Presented;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.EmailChangeStore;
import io.verstak.server.storage.account.EmailChangeStore.EmailChange;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Changes users' addresses once the new one is confirmed. */
final class EmailChanges {
    private static final Duration LINK_LIVES = Duration.ofDays(2);

    private final AccountTools tools;
    private final AccountPolicy policy;
    private final EmailChangeStore store;
    private final OwnPassword passwords;
    private final Limits limits;
    private final OneTimeLinks links;

    EmailChanges(
            AccountTools tools,
            AccountPolicy policy,
            EmailChangeStore store,
            OwnPassword passwords,
            Limits limits,
            OneTimeLinks links) {
        this.tools = tools;
        this.policy = policy;
        this.store = store;
        this.passwords = passwords;
        this.limits = limits;
        this.links = links;
    }

    Future<Void> offer(EmailWish wish) {
        Optional<EmailAddress> email = EmailAddress.parse(wish.email());
        if (email.isEmpty()) {
            return Future.failedFuture(new ServerException(ErrorCode.INVALID_REQUEST, "invalid email"));
        }
        InetAddress from = wish.proof().address();
        return passwords.require(wish.proof()).compose(user -> {
            if (email.get()
                    .key()
                    .equals(EmailAddress.parse(user.email())
                            .map(EmailAddress::key)
                            .orElse(""))) {
                return store.forget(user.id());
            }
            if (!limits.mayMail(email.get())) {
                tools.audit().refused(AuditType.RATE_LIMITED, user.id(), from);
                return Future.failedFuture(new ServerException(ErrorCode.RATE_LIMITED));
            }
            tools.limited(() -> limits.forgot().attempt(from), from);
            return store.offer(change(user, email.get(), from), policy.hidesTakenEmail())
                    .onSuccess(queued -> tools.mailQueued());
        });
    }

    private EmailChange change(User user, EmailAddress email, InetAddress from) {
        String token = tools.tokens().newToken();
        Instant endsAt = tools.clock().instant().plus(LINK_LIVES);
        return new EmailChange(
                user,
                new EmailToken(
                        Tokens.digest(token).hex(), Purpose.CHANGE, user.id(), email.text(), endsAt.toEpochMilli()),
                tools.mails().emailChange(tools.recipients().of(email.text(), user.language()), token, endsAt),
                tools.mails().emailChanging(tools.recipients().of(user), user.username(), email.text()),
                tools.audit().entry(AuditType.EMAIL_CHANGE_ASKED, user.id(), from));
    }

    Future<Void> forget(SessionIdentity session) {
        return store.forget(session.owner());
    }

    Future<Boolean> canConfirm(Presented token) {
        return links.look(
                token.text(),
                token.address(),
                digest -> store.canChange(digest, tools.clock().millis()));
    }

    Future<Void> confirm(Presented token) {
        return links.use(
                token.text(),
                token.address(),
                digest -> store.change(digest, tools.audit().entry(AuditType.EMAIL_CHANGED, "", token.address())));
    }
}
