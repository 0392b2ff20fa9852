package io.verstak.server.blob.resumable;

import java.util.Optional;

/**
 * The next chunk of an upload, as the client announces it.
 *
 * @param offset where it begins
 * @param length its length in bytes, 0 when only its end will tell
 * @param checksum the checksum it must have; no byte counts until it is verified
 * @param interrupt closes the client's connection; runs on any thread
 */
public record ChunkOpening(long offset, long length, Optional<ChunkChecksum> checksum, Runnable interrupt) {}
