package io.verstak.server.mail;

import io.verstak.server.domain.Language;
import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.storage.AuditEntry.Details;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.NoticeStore.Notice;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Creates the server's mails, to be queued with {@code OutboxStore.add} in the transaction that creates their token.
 * Safe for any thread; never blocks. A recipient that is not one plain address causes an {@link
 * IllegalArgumentException}.
 */
public final class Mails {
    /** The names of a mail's variables. */
    static final String TOKEN = "token";

    static final String USER = "user";

    static final String ADDRESS = "address";

    /** The variables of a mail about an event. */
    static final String EVENT = "event";

    static final String AT = "at";
    static final String SUBJECT = "subject";
    static final String AGENT = "agent";
    static final String FROM = "from";
    static final String METHOD = "method";
    static final String LAST = "last";

    private static final String STORAGE_LOW = "storage_low";

    private static final int ID_BYTES = 16;
    private static final Duration NOTICE_LIVES = Duration.ofDays(7);

    private final Clock clock;
    private final SecureRandom random;
    private final Supplier<String> serverLanguage;

    /** The recipient. */
    public record Recipient(String address, Language language) {}

    /** @param serverLanguage the tag of the language of recipients who have chosen none */
    public Mails(Clock clock, SecureRandom random, Supplier<String> serverLanguage) {
        this.clock = clock;
        this.random = random;
        this.serverLanguage = serverLanguage;
    }

    /** @param language a tag; empty for the server's */
    public Recipient recipient(String address, String language) {
        return new Recipient(address, Language.of(language.isEmpty() ? serverLanguage.get() : language));
    }

    /**
     * Asks to confirm an address. Contains nothing that the registrant typed, since the address may belong to a
     * stranger.
     *
     * @param endsAt when the token expires
     */
    public NewMail confirm(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.CONFIRM, to, Map.of(TOKEN, token), endsAt);
    }

    /** Sends the link to reset a password. */
    public NewMail reset(Recipient to, String username, String token, Instant endsAt) {
        return mail(MailKind.RESET, to, Map.of(TOKEN, token, USER, username), endsAt);
    }

    /** Reports an event of an account: when, from where, and what to do if it was somebody else. */
    NewMail event(Recipient to, Notice event) {
        Details details = event.details();
        return notice(
                event.type().equals(STORAGE_LOW) ? MailKind.STORAGE : MailKind.SECURITY,
                to,
                Map.of(
                        USER,
                        event.username(),
                        EVENT,
                        event.type(),
                        AT,
                        Long.toString(event.at()),
                        SUBJECT,
                        details.subject(),
                        AGENT,
                        BrowserName.of(details.agent()),
                        FROM,
                        details.administrator().isEmpty() ? event.address() : "",
                        METHOD,
                        details.method(),
                        LAST,
                        event.last() ? "yes" : ""));
    }

    /** Reports an attempt to register with the address. */
    public NewMail addressTaken(Recipient to, String username) {
        return notice(MailKind.ADDRESS_TAKEN, to, Map.of(USER, username));
    }

    /** Invites a person to register. */
    public NewMail invitation(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.INVITATION, to, Map.of(TOKEN, token), endsAt);
    }

    /**
     * Says that somebody shares a vault with the address. Contains nothing that was typed.
     *
     * @param owner the name of the vault's owner
     */
    public NewMail vaultInvitation(Recipient to, String owner) {
        return notice(MailKind.VAULT_INVITATION, to, Map.of(USER, owner));
    }

    /** Announces when the account will be deleted, with a link that cancels it. */
    public NewMail deletion(Recipient to, String username, String token, Instant deletedAt) {
        return mail(MailKind.DELETION, to, Map.of(TOKEN, token, USER, username), deletedAt);
    }

    /** Asks to confirm the new address of an account. Contains nothing that was typed. */
    public NewMail emailChange(Recipient to, String token, Instant endsAt) {
        return mail(MailKind.EMAIL_CHANGE, to, Map.of(TOKEN, token), endsAt);
    }

    /**
     * Reports to the old address that a new one was requested.
     *
     * @param agent the {@code User-Agent} of the browser, or empty
     * @param from the network address of the client
     */
    public NewMail emailChanging(Recipient to, String username, String wanted, String agent, String from) {
        return notice(
                MailKind.EMAIL_CHANGING,
                to,
                Map.of(USER, username, ADDRESS, wanted, AGENT, BrowserName.of(agent), FROM, from));
    }

    /** Confirms that the mail settings work. */
    NewMail test(Recipient to) {
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
