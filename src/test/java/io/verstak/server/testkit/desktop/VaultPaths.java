package io.verstak.server.testkit.desktop;

import java.util.ArrayList;
import java.util.List;

/** What a path in a vault says: names between slashes. */
public final class VaultPaths {
    private VaultPaths() {}

    /** The folder that a path is in; empty: the vault itself. */
    public static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    public static boolean isWithin(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }

    /** The folders that a path is in, from the top down. */
    static List<String> above(String path) {
        List<String> folders = new ArrayList<>();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            folders.add(path.substring(0, slash));
        }
        return folders;
    }
}
