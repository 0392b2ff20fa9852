package io.verstak.server.domain;

import java.util.Optional;

/**
 * Why a mail could not be sent, for administrators only.
 *
 * @param peer the mail server, {@code HOST:PORT}
 * @param answer what it said, without secrets; empty: it did not say anything
 */
public record MailFailure(Kind kind, String peer, String answer) {

    /** At which step it failed. */
    public enum Kind {
        UNKNOWN_HOST,
        REFUSED,
        NO_ANSWER,
        /** The certificate is for another host. */
        OTHER_NAME,
        /** The certificate is not signed by anybody known, or has expired. */
        UNTRUSTED,
        /** The server does not begin the encryption that is asked for. */
        NO_ENCRYPTION,
        LOGIN,
        /** The server has refused the sender, the recipient or the mail. */
        ANSWER,
        OTHER
    }

    /** As one line, to be stored. */
    public String line() {
        return kind + " " + peer + " " + answer;
    }

    /** The failure that was stored as this line; empty when there is none. */
    public static Optional<MailFailure> of(String line) {
        String[] parts = line.split(" ", 3);
        return parts.length < 3
                ? Optional.empty()
                : Optional.of(new MailFailure(Kind.valueOf(parts[0]), parts[1], parts[2]));
    }
}
