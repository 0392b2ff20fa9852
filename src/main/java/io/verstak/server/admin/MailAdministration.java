package io.verstak.server.admin;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.MailDraft;
import io.verstak.server.domain.MailView;
import io.verstak.server.domain.listing.UnsentMail;
import io.verstak.server.error.Message;
import io.verstak.server.mail.MailModule;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sets and tests the mail server, and lists the mails that have not been sent. */
public final class MailAdministration implements OutgoingMail {
    private static final int MAX_FIELD = 300;

    private final MailModule mail;

    private final Audit audit;

    public MailAdministration(MailModule mail, Audit audit) {
        this.mail = mail;

        this.audit = audit;
    }

    @Override
    public Future<MailView> mail() {
        return mail.settings()
                .stored()
                .compose(stored -> mail.settings()
                        .effective()
                        .map(now -> new MailView(
                                now.host(),
                                now.port(),
                                now.security(),
                                now.user(),
                                !now.password().isEmpty(),
                                now.from(),
                                stored)));
    }

    @Override
    public Future<Void> saveMail(Actor by, MailDraft draft) {
        return mail.settings()
                .effective()
                .compose(before -> complete(draft)
                        .compose(after -> mail.saveSettings(after).compose(saved -> noted(by, before, after))));
    }

    @Override
    public Future<Void> forgetMail(Actor by) {
        return mail.settings()
                .effective()
                .compose(before -> mail.forgetSettings()
                        .compose(gone -> mail.settings().effective())
                        .compose(after -> noted(by, before, after)));
    }

    private Future<Void> noted(Actor by, MailConfig before, MailConfig after) {
        Map<String, Object> old = named(before);
        List<String> moved = named(after).entrySet().stream()
                .filter(field -> !field.getValue().equals(old.get(field.getKey())))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        return audit.write(audit.by(by, AuditType.MAIL_SET, moved));
    }

    private static Map<String, Object> named(MailConfig config) {
        return Map.of(
                "smtp_host", config.host(),
                "smtp_port", config.port(),
                "smtp_security", config.security(),
                "smtp_user", config.user(),
                "smtp_pass", config.password(),
                "smtp_from", config.from());
    }

    @Override
    public Future<Void> testMail(Optional<MailDraft> draft, String recipient) {
        Optional<EmailAddress> to = EmailAddress.parse(recipient);
        if (to.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        return draft.map(this::complete)
                .orElseGet(mail.settings()::effective)
                .compose(complete ->
                        mail.sendTest(complete, mail.mails().recipient(to.get().text(), "")));
    }

    private Future<MailConfig> complete(MailDraft draft) {
        if (!oneLine(draft.user())) {
            return Message.MAIL_USER_NOT_ALLOWED.refuse();
        }
        if (draft.password().length() > MAX_FIELD) {
            return Message.MAIL_PASSWORD_TOO_LONG.refuse();
        }
        try {
            return mail.settings()
                    .completed(new MailConfig(
                            draft.host(),
                            draft.port(),
                            draft.security(),
                            draft.user(),
                            draft.password(),
                            draft.from()));
        } catch (ConfigException notAllowed) {
            return message(notAllowed.key()).refuse();
        }
    }

    private static boolean oneLine(String text) {
        return text.length() <= MAX_FIELD && text.chars().noneMatch(Character::isISOControl);
    }

    private static Message message(String key) {
        return switch (key) {
            case "mail.host" -> Message.MAIL_HOST_NOT_ALLOWED;
            case "mail.port" -> Message.MAIL_PORT_NOT_ALLOWED;
            case "mail.from" -> Message.MAIL_SENDER_NOT_ALLOWED;
            default -> Message.MAIL_SECURITY_UNKNOWN;
        };
    }

    @Override
    public Future<List<UnsentMail>> unsentMails(long offset, int limit) {
        return mail.unsent(offset, limit);
    }

    @Override
    public Future<Long> unsentMailCount() {
        return mail.store().count();
    }

    @Override
    public Future<Void> retryMail(Actor by, String id) {
        return mail.retry(id).compose(due -> audit.write(audit.by(by, AuditType.MAIL_RETRIED, "", "")));
    }

    @Override
    public Future<Void> deleteMail(Actor by, String id) {
        return mail.discard(id).compose(gone -> audit.write(audit.by(by, AuditType.MAIL_DELETED, "", "")));
    }
}
