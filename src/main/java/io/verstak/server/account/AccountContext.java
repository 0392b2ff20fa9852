package io.verstak.server.account;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.NewPasswords;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.error.ServerException;
import io.verstak.server.mail.Mails;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * The dependencies that users' accounts and their administration share.
 *
 * @param caches invalidated with each change of a user's access
 * @param outboxWaker called after the commit of a transaction that queued a mail
 */
public record AccountContext(
        Tokens tokens,
        NewPasswords newPasswords,
        Limits limits,
        CredentialCaches caches,
        Audit audit,
        Mails mails,
        Runnable outboxWaker,
        Clock clock) {
    private static final int MAX_USER_AGENT = 256;

    /**
     * A link that is mailed to a user.
     *
     * @param token of the link, of which the server keeps no copy
     * @param stored what the server keeps
     */
    public record Link(String token, Instant endsAt, EmailToken stored) {}

    /** Returns a new link for a user. */
    public Link newLink(Purpose purpose, String userId, String email, Duration lives) {
        String token = tokens.newToken();
        Instant endsAt = clock.instant().plus(lives);
        String hash = Tokens.digest(token).hex();
        return new Link(token, endsAt, new EmailToken(hash, purpose, userId, email, endsAt.toEpochMilli()));
    }

    /**
     * Returns the session of a new token, for an owner who has proved who it is.
     *
     * @param enrols whether it may do nothing but set up a second factor
     * @param method how the owner proved it: words with blanks between them
     */
    Session newSession(String token, String owner, Client client, boolean enrols, String method, long provedAt) {
        String agent = client.userAgent();
        long now = clock.millis();
        return new Session(
                Tokens.digest(token).hex(),
                tokens.newUserId(),
                owner,
                client.address().getHostAddress(),
                agent.substring(0, Math.min(agent.length(), MAX_USER_AGENT)),
                now,
                now,
                now + SessionTokens.LIFE.toMillis(),
                Math.min(provedAt, now),
                enrols,
                method);
    }

    /** Returns the user as the recipient of a mail. */
    public Recipient recipient(User user) {
        return mails.recipient(user.email(), user.language());
    }

    /** Checks a limit, which fails with {@code RATE_LIMITED} or throws it; the refusal is audited. */
    public Future<Void> limited(Supplier<Future<Void>> limit, InetAddress from) {
        Future<Void> checked;
        try {
            checked = limit.get();
        } catch (ServerException refusal) {
            checked = Future.failedFuture(refusal);
        }
        return checked.onFailure(refusal -> audit.refused(AuditType.RATE_LIMITED, "", from));
    }

    /** Wakes the outbox. */
    public void mailQueued() {
        outboxWaker.run();
    }
}
