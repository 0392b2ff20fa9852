package io.verstak.server.domain;

/** The mail server as an administrator typed it; an empty password stands for the one in effect. */
public record MailDraft(String host, int port, String security, String user, String password, String from) {
    /** Without the password. */
    @Override
    public String toString() {
        return "MailDraft[%s:%s]".formatted(host, port);
    }
}
