package io.verstak.server.storage.log;

import io.vertx.core.buffer.Buffer;

/**
 * A part of a log for an export.
 *
 * @param json one op per line, each as a pull shows it
 * @param ops the number of lines
 * @param last the sequence of the last line; the cursor when there are no lines
 * @param head the sequence of the scope's last op, from the same snapshot
 */
public record LogLines(Buffer json, int ops, long last, long head) {}
