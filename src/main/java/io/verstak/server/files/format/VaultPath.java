package io.verstak.server.files.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The names of a path in a vault, from the top down. Names are compared as they were sent: NFC and NFD are different.
 */
public record VaultPath(List<String> names) {
    /** Of a path in UTF-8, as the wire contract limits the id of an entity. */
    private static final int MAX_BYTES = 4096;

    /** Of a name in UTF-8: file systems allow 255 characters of up to four bytes. */
    private static final int MAX_NAME_BYTES = 1024;

    public VaultPath {
        names = List.copyOf(names);
    }

    /**
     * Parses a path of an op. Empty unless a file could have it: it is relative, has no empty name, no {@code .} or {@code ..}, no NUL, no half
     * of a surrogate pair, and no name that is longer than any file system takes.
     */
    public static Optional<VaultPath> parse(String path) {
        if (path.isEmpty() || isTooLong(path, MAX_BYTES)) {
            return Optional.empty();
        }
        List<String> names = List.of(path.split("/", -1));
        return names.stream().allMatch(VaultPath::isName) ? Optional.of(new VaultPath(names)) : Optional.empty();
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('\0') < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(name)
                && !isTooLong(name, MAX_NAME_BYTES);
    }

    private static boolean isTooLong(String text, int maxBytes) {
        return text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes;
    }

    /** Returns whether this path is another one or lies below it. */
    public boolean isWithin(VaultPath other) {
        return names.size() >= other.names.size()
                && names.subList(0, other.names.size()).equals(other.names);
    }

    @Override
    public String toString() {
        return String.join("/", names);
    }
}
