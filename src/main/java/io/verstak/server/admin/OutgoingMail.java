package io.verstak.server.admin;

import io.verstak.server.domain.Actor;
import io.verstak.server.domain.MailDraft;
import io.verstak.server.domain.MailFailure;
import io.verstak.server.domain.MailView;
import io.verstak.server.domain.listing.UnsentMail;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The mail server and the mails that have not been sent, for administrators. May be called on any context; futures complete there.
 * Every call may be repeated.
 */
public interface OutgoingMail {

    /** Returns the mail server in effect. */
    Future<MailView> mail();

    /** Sets the mail server. Refuses with {@code INVALID_REQUEST}. */
    Future<Void> saveMail(Actor by, MailDraft draft);

    /** Restores the configured mail server. */
    Future<Void> forgetMail(Actor by);

    /**
     * Sends a mail at once. Refuses with {@code INVALID_REQUEST}, and with {@code UNAVAILABLE}, whose detail is a {@link MailFailure}.
     *
     * @param draft empty: the mail server in effect
     */
    Future<Void> testMail(Optional<MailDraft> draft, String recipient);

    /** Returns mails that have not been sent, the newest first. */
    Future<List<UnsentMail>> unsentMails(long offset, int limit);

    /** Returns the number of mails that have not been sent. */
    Future<Long> unsentMailCount();

    /** Tries a mail again, including one that was given up. Succeeds if it has been sent meanwhile. */
    Future<Void> retryMail(Actor by, String id);

    /** Deletes a mail that has not been sent. Succeeds if there is none. */
    Future<Void> deleteMail(Actor by, String id);
}
