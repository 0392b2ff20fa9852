package io.verstak.server.account;

import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.EmailChangeStore;
import io.verstak.server.storage.account.EmailChangeStore.EmailChange;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Returns users' own accounts, and changes their addresses once the new one is confirmed. */
public final class UserAccount implements OwnAccount {
    private static final Duration LINK_LIVES = Duration.ofDays(2);

    private final AccountContext tools;
    private final AccountPolicy policy;
    private final ProfileStore profiles;
    private final EmailChangeStore store;
    private final Logins logins;
    private final Limits limits;
    private final OneTimeLinks links;

    public UserAccount(
            AccountContext tools,
            AccountPolicy policy,
            ProfileStore profiles,
            EmailChangeStore store,
            Logins logins,
            Limits limits,
            OneTimeLinks links) {
        this.tools = tools;
        this.policy = policy;
        this.profiles = profiles;
        this.store = store;
        this.logins = logins;
        this.limits = limits;
        this.links = links;
    }

    @Override
    public Future<Profile> profile(SessionIdentity session) {
        return profiles.find(session.owner(), tools.clock().millis())
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
        return logins.require(proof.session(), proof.password(), from).compose(user -> {
            if (email.get()
                    .key()
                    .equals(EmailAddress.parse(user.email())
                            .map(EmailAddress::key)
                            .orElse(""))) {
                return store.forget(user.id());
            }
            if (!limits.mayMail(email.get())) {
                tools.audit().refused(AuditType.RATE_LIMITED, user.id(), from);
                return ErrorCode.RATE_LIMITED.refuse();
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

    @Override
    public Future<Void> keepEmail(SessionIdentity session) {
        return store.forget(session.owner());
    }

    @Override
    public Future<Boolean> canConfirmEmail(String token, InetAddress address) {
        return links.look(
                token, address, digest -> store.canChange(digest, tools.clock().millis()));
    }

    @Override
    public Future<Void> confirmEmail(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.change(digest, tools.audit().entry(AuditType.EMAIL_CHANGED, "", address)));
    }
}
