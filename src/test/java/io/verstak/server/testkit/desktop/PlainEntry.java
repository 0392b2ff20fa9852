package io.verstak.server.testkit.desktop;

import io.verstak.server.domain.Sha256;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file or folder of a desktop. Two are equal if both are folders, or files with the same bytes.
 *
 * @param content null: a folder
 * @param madeAt when the op was made that wrote the file or made the folder, as in the op
 */
@SuppressWarnings("ArrayRecordComponent") // compared by the bytes, never changed
public record PlainEntry(byte @Nullable [] content, String madeAt) {

    static PlainEntry folder(String madeAt) {
        return new PlainEntry(null, madeAt);
    }

    static PlainEntry file(byte[] content, String madeAt) {
        return new PlainEntry(content, madeAt);
    }

    public boolean isFile() {
        return content != null;
    }

    /** The bytes of a file. */
    public byte[] bytes() {
        return Objects.requireNonNull(content, "a folder has no bytes");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlainEntry entry && Arrays.equals(content, entry.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** What a failed comparison shows. */
    @Override
    public String toString() {
        return isFile() ? Sha256.of(bytes()).hex().substring(0, 12) : "folder";
    }
}
