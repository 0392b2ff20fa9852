package io.verstak.server.storage;

/**
 * An op's place in the chain of its entity, and what it says of itself.
 *
 * @param previous the op before it on the same entity, 0 for none
 * @param previousOther the latest one before it by another device, 0 for none
 */
record LinkedOp(long deviceKey, long previous, long previousOther, StoredOp op) {}
