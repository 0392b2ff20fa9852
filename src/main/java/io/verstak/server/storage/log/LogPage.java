package io.verstak.server.storage.log;

import io.vertx.core.buffer.Buffer;

/**
 * One page of a log.
 *
 * @param json the answer's body
 * @param head the sequence of the scope's last op, from the same snapshot as the page
 * @param complete whether nothing of the log comes after the page
 * @param beyond whether the cursor is above the scope's counter, by no more than a restore can cause
 */
public record LogPage(Buffer json, long head, boolean complete, boolean beyond) {}
