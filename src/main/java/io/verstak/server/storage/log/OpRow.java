package io.verstak.server.storage.log;

/** A row of {@code ops}: an op with its sequence and its place in the chain of its entity. */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record OpRow(
        long scopeId,
        long sequence,
        long deviceKey,
        long previous,
        long previousOther,
        byte[] content,
        byte[] chain,
        byte[] json) {}
