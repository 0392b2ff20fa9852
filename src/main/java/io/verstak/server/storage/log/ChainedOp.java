package io.verstak.server.storage.log;

/**
 * The header of an op and its place in the chain of its entity.
 *
 * @param previous the sequence of the previous op on the same entity; 0 if there is none
 * @param previousOther the sequence of the latest earlier op by another device; 0 if there is none
 */
public record ChainedOp(long deviceKey, long previous, long previousOther, OpHeader op) {}
