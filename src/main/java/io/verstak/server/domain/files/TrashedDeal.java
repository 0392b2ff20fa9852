package io.verstak.server.domain.files;

/**
 * A Deal that an op has put into the trash.
 *
 * @param payload of that op
 * @param inTrash whether it is there still; otherwise a desktop has restored it, here or under another name
 */
public record TrashedDeal(String id, String payload, boolean inTrash) {}
