package io.verstak.server.account;

import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.account.EmailChangeStore;
import io.verstak.server.storage.account.EmailChangeStore.EmailChange;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/** Returns users' own accounts, and changes their addresses once the new one is confirmed. */
public final class UserAccount implements OwnAccount {
    private static final Duration LINK_LIVES = Duration.ofDays(2);

    private final AccountContext context;
    private final AccountPolicy policy;
    private final ProfileStore profiles;
    private final EmailChangeStore store;
    private final Logins logins;
    private final OneTimeLinks links;

    public UserAccount(
            AccountContext context,
            AccountPolicy policy,
            ProfileStore profiles,
            EmailChangeStore store,
            Logins logins,
            OneTimeLinks links) {
        this.context = context;
        this.policy = policy;
        this.profiles = profiles;
        this.store = store;
        this.logins = logins;
        this.links = links;
    }

    @Override
    public Future<Profile> profile(SessionIdentity session) {
        return profiles.find(session.owner(), context.clock().millis())
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    @Override
    public Future<Void> setLanguage(SessionIdentity session, String tag) {
        return tag.isEmpty() || Language.of(tag).locale().toLanguageTag().equals(tag)
                ? profiles.setLanguage(session.owner(), tag)
                : Message.LANGUAGE_UNKNOWN.refuse();
    }

    @Override
    public Future<Void> changeEmail(Proof proof, String typed) {
        Optional<EmailAddress> email = EmailAddress.parse(typed);
        if (email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        InetAddress from = proof.address();
        return logins.require(proof).compose(user -> {
            if (email.get()
                    .key()
                    .equals(EmailAddress.parse(user.email())
                            .map(EmailAddress::key)
                            .orElse(""))) {
                return store.forget(user.id());
            }
            return context.limits().mayMail(email.get()).compose(may -> {
                if (may) {
                    return offer(user, email.get(), proof);
                }
                context.audit().refused(AuditType.RATE_LIMITED, user.id(), from);
                return ErrorCode.RATE_LIMITED.refuse();
            });
        });
    }

    private Future<Void> offer(User user, EmailAddress email, Proof proof) {
        InetAddress from = proof.address();
        return context.limited(() -> context.limits().forgot().attempt(from), from)
                .compose(allowed -> store.offer(change(user, email, proof), policy.hidesTakenEmail()))
                .onSuccess(queued -> context.mailQueued());
    }

    private EmailChange change(User user, EmailAddress email, Proof proof) {
        Link link = context.newLink(Purpose.CHANGE, user.id(), email.text(), LINK_LIVES);
        Recipient to = context.mails().recipient(email.text(), user.language());
        return new EmailChange(
                user,
                link.stored(),
                context.mails().emailChange(to, link.token(), link.endsAt()),
                context.mails()
                        .emailChanging(
                                context.recipient(user),
                                user.username(),
                                email.text(),
                                proof.session().userAgent(),
                                proof.address().getHostAddress()),
                context.audit().entry(AuditType.EMAIL_CHANGE_ASKED, proof.session(), proof.address()));
    }

    @Override
    public Future<Void> keepEmail(SessionIdentity session) {
        return store.forget(session.owner());
    }

    @Override
    public Future<Boolean> canConfirmEmail(String token, InetAddress address) {
        return links.look(
                token,
                address,
                digest -> store.canChange(digest, context.clock().millis()));
    }

    @Override
    public Future<Void> confirmEmail(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.change(digest, context.audit().entry(AuditType.EMAIL_CHANGED, "", address)));
    }
}
