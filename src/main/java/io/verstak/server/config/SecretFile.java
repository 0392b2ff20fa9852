package io.verstak.server.config;

import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/** Files that hold one secret each: a password, a key of the object store. All methods block. */
public final class SecretFile {
    private static final int MAX_BYTES = 64 << 10;

    private SecretFile() {}

    /**
     * Returns the text of the file that a key names.
     *
     * @throws ConfigException naming the key and the file, if there is no text to read
     */
    public static String read(String key, String file) {
        Path path = ConfigPath.of(key, file);
        String text = read(key, path);
        if (text.isBlank()) {
            throw new ConfigException("%s: %s is empty".formatted(key, path));
        }
        return text;
    }

    /** Returns the file's text without the line end that an editor leaves after it. */
    static String read(String source, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ConfigException("%s: %s is too long for a secret (at most 64 KiB)".formatted(source, file));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw new ConfigException("%s: cannot read %s: %s".formatted(source, file, FailureReason.of(e)));
        }
    }

    /** Returns whether every user of the machine may read the file. Containers mount secrets like this; elsewhere it is a mistake. */
    public static boolean isReadableByAll(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
