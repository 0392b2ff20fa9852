package io.verstak.server.blob;

import java.util.Optional;

/**
 * The next bytes of an upload, as a client announces them.
 *
 * @param offset where they begin
 * @param length how many they are, 0 when only their end will tell
 * @param checksum what they have to add up to; nothing of them counts until they are seen to
 * @param interrupt breaks the client's connection off; runs on any thread
 */
public record NewPart(long offset, long length, Optional<PartChecksum> checksum, Runnable interrupt) {}
