package io.verstak.server.http.core;

import io.verstak.server.domain.MailDraft;
import io.verstak.server.domain.MailView;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import java.util.Locale;

/** The fields of the mail settings, of the pages and of the administrators' JSON. */
public final class MailForm {
    private static final int SUBMISSION = 587;
    private static final int SUBMISSIONS = 465;

    private MailForm() {}

    /** The content of the form, without the password. */
    public record Typed(String host, String port, String security, String user, boolean hasPassword, String from) {
        /** Returns the current settings. */
        public static Typed of(MailView now) {
            return new Typed(
                    now.host(),
                    Integer.toString(now.port()),
                    now.security(),
                    now.user(),
                    now.hasPassword(),
                    now.from());
        }

        /** Returns the submitted fields, to show them again. */
        public static Typed of(FormFields fields, boolean hasPassword) {
            return new Typed(
                    fields.get("smtp_host"),
                    fields.get("smtp_port"),
                    fields.get("smtp_security"),
                    fields.get("smtp_user"),
                    hasPassword,
                    fields.get("smtp_from"));
        }
    }

    /** Returns whether the fields contain a mail server. */
    public static boolean isIn(FormFields fields) {
        return fields.ticked("smtp_host");
    }

    /** Reads the fields. Refuses with {@code INVALID_REQUEST} a port that is not a number; the settings check the rest. */
    public static MailDraft read(FormFields fields) {
        String security = security(fields.get("smtp_security"));
        String user = fields.get("smtp_user").strip();
        String from = fields.get("smtp_from").strip();
        return new MailDraft(
                fields.get("smtp_host").strip(),
                port(fields.get("smtp_port").strip(), security),
                security,
                user,
                fields.get("smtp_pass"),
                from.isEmpty() && user.contains("@") ? user : from);
    }

    private static String security(String word) {
        String known = word.strip().toLowerCase(Locale.ROOT);
        return switch (known) {
            case "" -> "starttls";
            case "ssl" -> "tls";
            default -> known;
        };
    }

    private static int port(String text, String security) {
        if (text.isEmpty()) {
            return security.equals("tls") ? SUBMISSIONS : SUBMISSION;
        }
        if (!text.matches("[0-9]{1,5}")) {
            throw new ServerException(Message.MAIL_PORT_NOT_ALLOWED);
        }
        return Integer.parseInt(text);
    }
}
