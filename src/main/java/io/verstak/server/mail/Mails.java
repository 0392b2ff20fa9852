package io.verstak.server.mail;

import io.verstak.server.domain.Language;
import io.verstak.server.storage.NewMail;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

/**
 * The mails that the server writes, ready to be queued with {@code OutboxStore.add} in the transaction that makes their
 * token. Safe for any thread; nothing blocks. A recipient that is not one plain address is an
 * {@link IllegalArgumentException}.
 */
public final class Mails {
    /** What a mail is made from, by these names. */
    static final String TOKEN = "token";

    static final String USER = "user";

    static final String ADDRESS = "address";

    private static final int ID_BYTES = 16;
    private static final Duration NOTICE_LIVES = Duration.ofDays(7);

    private final Clock clock;
    private final SecureRandom random;

    public Mails(Clock clock, SecureRandom random) {
        this.clock = clock;
        this.random = random;
    }

    /** The reader. */
    public record Recipient(String address, Language language) {}

    /**
     * Asks to confirm an address. Nothing that the registrant typed stands in it: the address may be a stranger's.
     *
     * @param endsAt when the token does
     */
    public NewMail confirm(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.CONFIRM, to, Map.of(TOKEN, token), endsAt);
    }

    /** Lets the owner choose a new password. */
    public NewMail reset(Recipient to, String username, String token, Instant endsAt) {
        return mail(MailKind.RESET, to, Map.of(TOKEN, token, USER, username), endsAt);
    }

    /** Tells the owner that the password was changed or reset, and where to revoke devices. */
    public NewMail passwordChanged(Recipient to, String username) {
        return notice(MailKind.PASSWORD_CHANGED, to, Map.of(USER, username));
    }

    /** Tells the owner that somebody tried to register with the address. */
    public NewMail addressTaken(Recipient to, String username) {
        return notice(MailKind.ADDRESS_TAKEN, to, Map.of(USER, username));
    }

    /** Invites somebody to register. */
    public NewMail invitation(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.INVITATION, to, Map.of(TOKEN, token), endsAt);
    }

    /** Tells the owner when the account will be gone, with a link that keeps it. */
    public NewMail deletion(Recipient to, String username, String token, Instant deletedAt) {
        return mail(MailKind.DELETION, to, Map.of(TOKEN, token, USER, username), deletedAt);
    }

    /** Asks to confirm an address that an account is to have in place of its old one. Nothing that was typed stands in it. */
    public NewMail emailChange(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.EMAIL_CHANGE, to, Map.of(TOKEN, token), endsAt);
    }

    /** Tells the owner, at the old address, that another one was asked for. */
    public NewMail emailChanging(Recipient to, String username, String wanted) {
        return notice(MailKind.EMAIL_CHANGING, to, Map.of(USER, username, ADDRESS, wanted));
    }

    /** Shows that the mail settings work. */
    public NewMail test(Recipient to) {
        return notice(MailKind.TEST, to, Map.of());
    }

    private NewMail notice(MailKind kind, Recipient to, Map<String, String> variables) {
        return mail(kind, to, variables, clock.instant().plus(NOTICE_LIVES));
    }

    private NewMail mail(MailKind kind, Recipient to, Map<String, String> variables, Instant endsAt) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return new NewMail(
                HexFormat.of().formatHex(id),
                kind.key(),
                to.address(),
                to.language().locale().toLanguageTag(),
                variables,
                clock.millis(),
                endsAt.toEpochMilli());
    }
}
