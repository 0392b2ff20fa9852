package io.verstak.server.mail;

/**
 * A mail as the reader will see it.
 *
 * @param id the local part of its Message-ID; a mail that is sent again keeps it, so that it is shown once
 * @param to one address
 * @param subject in any script
 * @param text for readers without HTML
 */
record Message(String id, String to, String subject, String text, String html) {
    /** Without what it says: mails carry tokens. */
    @Override
    public String toString() {
        return "Message[%s]".formatted(id);
    }
}
