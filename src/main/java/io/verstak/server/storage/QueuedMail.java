package io.verstak.server.storage;

import java.util.Map;
import java.util.Optional;

/**
 * A mail in the outbox. Times are milliseconds since the epoch.
 *
 * @param variables what its text is made from; empty when {@code secret.key} is not the key that sealed it
 * @param failed given up; otherwise it waits for a try
 * @param attempts tries begun
 * @param firstTry when the first one was, or 0
 */
public record QueuedMail(
        String id,
        String kind,
        String recipient,
        String language,
        Optional<Map<String, String>> variables,
        boolean failed,
        int attempts,
        long firstTry,
        long nextTry,
        long createdAt,
        long expiresAt) {

    /** Without what it says: mails carry tokens. */
    @Override
    public String toString() {
        return "QueuedMail[%s, %s, attempts %d]".formatted(id, kind, attempts);
    }
}
