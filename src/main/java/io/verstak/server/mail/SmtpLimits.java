package io.verstak.server.mail;

import java.time.Duration;

/**
 * How long a mail server may take.
 *
 * @param step to connect, to agree on encryption, and to answer each command
 * @param whole for one mail from the first to the last of it
 */
record SmtpLimits(Duration step, Duration whole) {
    static final SmtpLimits DEFAULT = new SmtpLimits(Duration.ofSeconds(10), Duration.ofSeconds(20));
}
