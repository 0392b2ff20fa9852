package io.verstak.server.mail;

import io.vertx.ext.mail.SMTPException;
import java.util.regex.Pattern;

/** Describes why a mail could not be sent. */
final class SmtpFailure {
    private static final int LONGEST = 300;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    /** Tokens, and passwords in Base64: a server may quote in its refusal what it received. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9+/=_%-]{20,}");

    private SmtpFailure() {}

    /** Returns one line without secrets. */
    static String describe(Throwable failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        if (!(failure instanceof SMTPException refusal)) {
            return line(failure.getClass().getSimpleName() + ": " + withoutSecrets(message));
        }
        // The answer to a login may quote the password, however short.
        return message.startsWith("AUTH ")
                ? "login refused with " + refusal.getReplyCode()
                : line(withoutSecrets(message));
    }

    private static String withoutSecrets(String text) {
        return SECRET.matcher(text).replaceAll("[…]");
    }

    private static String line(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }
}
