package io.verstak.server.storage.mail;

/**
 * A mail in the outbox. Times are milliseconds since the epoch.
 *
 * @param readable false when its variables were sealed with another {@code secret.key}; they are missing then
 * @param failed whether it was given up; otherwise it waits for a try
 * @param attempts the number of tries begun
 * @param firstTry when the first try began, or 0
 * @param lastError why the last try failed; empty if none did
 */
public record QueuedMail(
        NewMail mail, boolean readable, boolean failed, int attempts, long firstTry, long nextTry, String lastError) {

    QueuedMail begun(long now, long leaseEnd) {
        return new QueuedMail(
                mail, readable, failed, attempts + 1, firstTry == 0 ? now : firstTry, leaseEnd, lastError);
    }
}
