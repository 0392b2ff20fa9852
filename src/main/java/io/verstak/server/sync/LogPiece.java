package io.verstak.server.sync;

import io.vertx.core.buffer.Buffer;

/**
 * A piece of a log for an export.
 *
 * @param json one op per line, each as a pull shows it
 * @param ops how many lines that are
 * @param last the sequence of the last of them; the cursor when there is none
 * @param head the sequence of the scope's last op, from the same snapshot
 */
public record LogPiece(Buffer json, int ops, long last, long head) {}
