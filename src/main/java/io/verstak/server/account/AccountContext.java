package io.verstak.server.account;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.password.NewPasswords;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.error.ServerException;
import io.verstak.server.mail.Mails;
import java.net.InetAddress;
import java.time.Clock;

/**
 * The dependencies that most classes of this package share.
 *
 * @param outboxWaker called after the commit of a transaction that queued a mail
 */
public record AccountContext(
        Tokens tokens,
        NewPasswords newPasswords,
        Audit audit,
        Mails mails,
        Recipients recipients,
        Runnable outboxWaker,
        Clock clock) {

    /** Checks a limit, which throws {@code RATE_LIMITED}; the refusal is audited. */
    void limited(Runnable limit, InetAddress from) {
        try {
            limit.run();
        } catch (ServerException refusal) {
            audit.refused(AuditType.RATE_LIMITED, "", from);
            throw refusal;
        }
    }

    /** Wakes the outbox. */
    public void mailQueued() {
        outboxWaker.run();
    }
}
