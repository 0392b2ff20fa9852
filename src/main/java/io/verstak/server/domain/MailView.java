package io.verstak.server.domain;

/**
 * The mail server in effect, without its password.
 *
 * @param stored whether it is set on a page rather than by the configuration
 */
public record MailView(
        String host, int port, String security, String user, boolean hasPassword, String from, boolean stored) {}
