package io.verstak.server.mail;

import io.netty.channel.ConnectTimeoutException;
import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.MailFailure;
import io.verstak.server.domain.MailFailure.Kind;
import io.vertx.ext.mail.SMTPException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Describes why a mail could not be sent: for the log, and for administrators. */
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

    /** Returns the step at which it failed, and the server's answer without secrets. */
    static MailFailure reason(Throwable failure, MailConfig config) {
        String peer = config.host() + ":" + config.port();
        if (failure instanceof SMTPException refusal) {
            boolean login = describe(failure).startsWith("login refused");
            return login
                    ? new MailFailure(Kind.LOGIN, peer, Integer.toString(refusal.getReplyCode()))
                    : new MailFailure(Kind.ANSWER, peer, answer(refusal));
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Kind kind = kind(cause);
            if (kind != Kind.OTHER) {
                return new MailFailure(kind, kind == Kind.UNKNOWN_HOST ? config.host() : peer, "");
            }
        }
        return new MailFailure(Kind.OTHER, peer, describe(failure));
    }

    private static Kind kind(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof UnknownHostException) {
            return Kind.UNKNOWN_HOST;
        }
        if (cause instanceof CertificateException) {
            return message.contains("No name matching") || message.contains("No subject alternative")
                    ? Kind.OTHER_NAME
                    : Kind.UNTRUSTED;
        }
        // From JDK 25 on its message names the alert "certificate_unknown", whatever is wrong: its cause says more.
        if (cause instanceof SSLException && !(cause.getCause() instanceof CertificateException)) {
            return message.contains("PKIX") || message.contains("certificate") ? Kind.UNTRUSTED : Kind.OTHER;
        }
        if (cause instanceof TimeoutException
                || cause instanceof ConnectTimeoutException
                || message.contains("Timeout")
                || message.contains("timed out")
                || message.contains("closed")) {
            return Kind.NO_ANSWER;
        }
        if (cause instanceof ConnectException) {
            return Kind.REFUSED;
        }
        return message.contains("STARTTLS") ? Kind.NO_ENCRYPTION : Kind.OTHER;
    }

    private static String answer(SMTPException refusal) {
        String replies = String.join(" ", refusal.getReplyMessages());
        return line(withoutSecrets(replies.isEmpty() ? Integer.toString(refusal.getReplyCode()) : replies));
    }

    private static String withoutSecrets(String text) {
        return SECRET.matcher(text).replaceAll("[…]");
    }

    private static String line(String text) {
        String line = CONTROL.matcher(text).replaceAll(" ");
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }
}
