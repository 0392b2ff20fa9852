package io.verstak.server.mail;

import io.vertx.ext.mail.SMTPException;
import java.util.regex.Pattern;

/** Says for the log why a mail could not be sent. */
final class SmtpFailure {
    private static final int LONGEST = 300;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    /** Tokens, and passwords in Base64: a server may quote in its refusal what it was sent. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9+/=_%-]{20,}");

    private SmtpFailure() {}

    /** One line without secrets. */
    static String describe(Throwable failure) {
        String text = failure instanceof SMTPException refusal ? refusal(refusal) : plain(failure);
        String line = SECRET.matcher(CONTROL.matcher(text).replaceAll(" ")).replaceAll("[…]");
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }

    private static String refusal(SMTPException refusal) {
        String message = String.valueOf(refusal.getMessage());
        // What a server says to a login may quote the password, however short.
        return message.startsWith("AUTH ") ? "login refused with " + refusal.getReplyCode() : message;
    }

    private static String plain(Throwable failure) {
        return failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }
}
