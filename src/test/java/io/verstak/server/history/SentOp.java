package io.verstak.server.history;

/**
 * An op as a client sends it.
 *
 * @param entity type and id, joined by a NUL
 * @param content digest of all that makes two ops with one id the same
 * @param lastSeen {@code last_seen_server_seq}
 */
public record SentOp(String opId, String entity, String content, long lastSeen) {}
