package io.verstak.server.storage;

/**
 * A mail in the outbox. Times are milliseconds since the epoch.
 *
 * @param readable false when {@code secret.key} is not the key that sealed its variables, which are missing then
 * @param failed given up; otherwise it waits for a try
 * @param attempts tries begun
 * @param firstTry when the first one was, or 0
 */
public record QueuedMail(NewMail mail, boolean readable, boolean failed, int attempts, long firstTry, long nextTry) {

    QueuedMail begun(long now, long leaseEnd) {
        return new QueuedMail(mail, readable, failed, attempts + 1, firstTry == 0 ? now : firstTry, leaseEnd);
    }
}
