package io.verstak.server.mail;

/**
 * A mail as the recipient sees it.
 *
 * @param id the local part of its Message-ID; a repeated mail keeps it, so that it is shown once
 * @param to one address
 * @param subject in any script
 * @param text for readers without HTML
 */
record Message(String id, String to, String subject, String text, String html) {
    /** Omits the content, since mails contain tokens. */
    @Override
    public String toString() {
        return "Message[%s]".formatted(id);
    }
}
