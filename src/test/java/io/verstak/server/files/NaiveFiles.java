package io.verstak.server.files;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A folder as a desktop has it that applies every op to whole paths, without nodes: what the index must agree with. */
final class NaiveFiles {
    static final String FOLDER = "folder";

    private final NavigableMap<String, String> entries = new TreeMap<>();
    private final Map<String, String> deals = new HashMap<>();
    private final Map<String, NavigableMap<String, String>> trash = new HashMap<>();

    /** Every path with what is there: {@link #FOLDER}, or the content of a file. */
    Map<String, String> entries() {
        return new TreeMap<>(entries);
    }

    void folder(String path) {
        String above = parent(path);
        if (!above.isEmpty()) {
            folder(above);
        }
        if (!FOLDER.equals(entries.get(path))) {
            entries.put(path, FOLDER);
        }
    }

    void file(String path, String content) {
        String above = parent(path);
        if (!above.isEmpty()) {
            folder(above);
        }
        take(path);
        entries.put(path, content);
    }

    void remove(String path) {
        take(path);
    }

    void move(String from, String to) {
        if (!entries.containsKey(from) || to.equals(from) || to.startsWith(from + "/")) {
            return;
        }
        NavigableMap<String, String> moved = take(from);
        put(to, moved);
    }

    /** The Deals that are there, by their ids; the value is the path. */
    Map<String, String> deals() {
        return new TreeMap<>(deals);
    }

    /** The Deals in the trash. */
    List<String> trash() {
        return List.copyOf(new TreeMap<>(trash).keySet());
    }

    void makeDeal(String id, String path) {
        folder(path);
        deals.put(id, path);
    }

    void renameDeal(String id, String path) {
        move(deal(id), path);
        deals.put(id, path);
    }

    void trashDeal(String id) {
        trash.put(id, take(deal(id)));
        deals.remove(id);
    }

    void restoreDeal(String id, String path) {
        put(path, requireNonNull(trash.remove(id)));
        deals.put(id, path);
    }

    private String deal(String id) {
        return requireNonNull(deals.get(id));
    }

    private void put(String path, NavigableMap<String, String> moved) {
        String above = parent(path);
        if (!above.isEmpty()) {
            folder(above);
        }
        take(path);
        moved.forEach((below, content) -> entries.put(path + below, content));
    }

    /** Removes a path with all below it. Returns that by the rest of the path. */
    private NavigableMap<String, String> take(String path) {
        NavigableMap<String, String> taken = new TreeMap<>();
        for (String each : List.copyOf(entries.keySet())) {
            if (each.equals(path) || each.startsWith(path + "/")) {
                taken.put(each.substring(path.length()), entries.remove(each));
            }
        }
        return taken;
    }

    private static String parent(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }
}
