package io.verstak.server.domain;

/**
 * A part of a log for an export.
 *
 * @param json one op per line, each as a pull shows it, in UTF-8
 * @param ops the number of lines
 * @param last the sequence of the last line; the cursor when there are no lines
 * @param head the sequence of the scope's last op, from the same snapshot
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record ExportChunk(byte[] json, int ops, long last, long head) {}
