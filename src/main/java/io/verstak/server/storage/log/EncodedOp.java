package io.verstak.server.storage.log;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ServerException;
import org.jspecify.annotations.Nullable;

/**
 * An encoded op to be appended.
 *
 * @param opId unique within its scope forever
 * @param opKey 64 bits of the id's SHA-256
 * @param entityKey 64 bits of the SHA-256 of entity type and id
 * @param lastSeen the sequence that the device had applied when it made the op; 0 requests no conflicts
 * @param json the members of the op's JSON object, as a pull will send them, without braces and without the sequence
 * @param blob the blob that the op refers to, which its scope must hold
 * @param refusal why the op is refused if it is new; a known op is accepted regardless
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed, and copied nowhere on the hot path
public record EncodedOp(
        String opId,
        long opKey,
        long entityKey,
        long lastSeen,
        byte[] json,
        @Nullable BlobReference blob,
        @Nullable ServerException refusal) {}
