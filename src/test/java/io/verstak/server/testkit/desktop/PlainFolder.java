package io.verstak.server.testkit.desktop;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder of a vault on the disk of a desktop: plain files and folders by their paths, and Deals by their ids. Applies only what
 * fits; the caller has looked before. Names are compared as they are: NFC and NFD are two.
 */
final class PlainFolder {
    private final NavigableMap<String, PlainEntry> entries = new TreeMap<>();
    private final Map<String, String> deals = new TreeMap<>();
    private final Map<String, Trashed> trash = new HashMap<>();

    /**
     * A Deal in the trash.
     *
     * @param path where it was
     * @param entries by the rest of their paths
     */
    private record Trashed(String path, NavigableMap<String, PlainEntry> entries) {}

    /** Every path with what is there. */
    NavigableMap<String, PlainEntry> entries() {
        return new TreeMap<>(entries);
    }

    /** The paths of the Deals that are there, by their ids. */
    Map<String, String> deals() {
        return new TreeMap<>(deals);
    }

    /** Where the Deals in the trash were, by their ids. */
    Map<String, String> trashed() {
        Map<String, String> paths = new TreeMap<>();
        trash.forEach((id, deal) -> paths.put(id, deal.path()));
        return paths;
    }

    boolean has(String path) {
        return entries.containsKey(path);
    }

    boolean hasFile(String path) {
        PlainEntry entry = entries.get(path);
        return entry != null && entry.isFile();
    }

    /** The bytes of a file that is there. */
    byte[] bytes(String path) {
        return Objects.requireNonNull(entries.get(path), path).bytes();
    }

    boolean hasFolder(String path) {
        return has(path) && !hasFile(path);
    }

    /** The file in the place of a folder above a path, if there is one. */
    Optional<String> fileAbove(String path) {
        return VaultPaths.above(path).stream().filter(this::hasFile).findFirst();
    }

    /** All below a path, and what is at it, by the rest of the path. */
    NavigableMap<String, PlainEntry> within(String path) {
        NavigableMap<String, PlainEntry> found = new TreeMap<>();
        if (entries.containsKey(path)) {
            found.put("", entries.get(path));
        }
        // The character after a slash is 0.
        entries.subMap(path + "/", path + "0")
                .forEach((below, entry) -> found.put(below.substring(path.length()), entry));
        return found;
    }

    void makeFolder(String path, String madeAt) {
        makeFoldersAbove(path, madeAt);
        entries.putIfAbsent(path, PlainEntry.folder(madeAt));
    }

    void write(String path, byte[] content, String madeAt) {
        makeFoldersAbove(path, madeAt);
        entries.put(path, PlainEntry.file(content, madeAt));
    }

    void remove(String path) {
        take(path);
    }

    void move(String from, String to, String madeAt) {
        put(to, take(from), madeAt);
        deals.replaceAll((id, path) -> path.equals(from) ? to : path);
    }

    void makeDeal(String id, String path, String madeAt) {
        makeFolder(path, madeAt);
        deals.put(id, path);
    }

    void trashDeal(String id, String path) {
        deals.remove(id);
        trash.put(id, new Trashed(path, take(path)));
    }

    /** @return false if it is not in the trash */
    boolean restoreDeal(String id, String path, String madeAt) {
        Trashed deal = trash.remove(id);
        if (deal == null) {
            return false;
        }
        put(path, deal.entries(), madeAt);
        deals.put(id, path);
        return true;
    }

    private void makeFoldersAbove(String path, String madeAt) {
        VaultPaths.above(path).forEach(above -> entries.putIfAbsent(above, PlainEntry.folder(madeAt)));
    }

    private void put(String path, NavigableMap<String, PlainEntry> moved, String madeAt) {
        makeFoldersAbove(path, madeAt);
        moved.forEach((below, entry) -> entries.put(path + below, entry));
    }

    private NavigableMap<String, PlainEntry> take(String path) {
        NavigableMap<String, PlainEntry> taken = within(path);
        taken.keySet().forEach(below -> entries.remove(path + below));
        return taken;
    }
}
