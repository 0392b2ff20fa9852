package io.verstak.server.account;

import io.verstak.server.error.ServerException;
import io.verstak.server.mail.Mails;
import java.net.InetAddress;
import java.time.Clock;

/**
 * What nearly everything here needs.
 *
 * @param outboxWaker told when a mail was queued and its transaction has committed
 */
record AccountTools(
        Tokens tokens,
        NewPasswords newPasswords,
        Audit audit,
        Mails mails,
        Recipients recipients,
        Runnable outboxWaker,
        Clock clock) {

    /** Asks a limit, which throws {@code RATE_LIMITED}; that is noted. */
    void limited(Runnable limit, InetAddress from) {
        try {
            limit.run();
        } catch (ServerException refusal) {
            audit.refused(AuditType.RATE_LIMITED, "", from);
            throw refusal;
        }
    }

    /** Lets the outbox look at once. */
    void mailQueued() {
        outboxWaker.run();
    }
}
