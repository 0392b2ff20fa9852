package io.verstak.server.domain.files;

import io.verstak.server.domain.BlobReference;
import org.jspecify.annotations.Nullable;

/**
 * The content of a version of a file: exactly one of both.
 *
 * @param text in UTF-8
 * @param blob in the scope of the vault; it may be damaged, or gone
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
public record FileContent(byte @Nullable [] text, @Nullable BlobReference blob) {}
