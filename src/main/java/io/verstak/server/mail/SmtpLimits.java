package io.verstak.server.mail;

import java.time.Duration;

/**
 * Time limits for an SMTP server.
 *
 * @param step for connecting, for the TLS handshake, and for each answer
 * @param whole for one mail from beginning to end
 */
record SmtpLimits(Duration step, Duration whole) {
    static final SmtpLimits DEFAULT = new SmtpLimits(Duration.ofSeconds(10), Duration.ofSeconds(20));
}
