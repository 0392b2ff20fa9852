package io.verstak.server.files.format;

/**
 * An op, read for the tree of files.
 *
 * @param madeAt when its device says that it was made, in milliseconds since the epoch; 0: it says nothing that is a time
 */
public record VaultOp(long sequence, String deviceId, long madeAt, FileChange change) {}
