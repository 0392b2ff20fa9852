package io.verstak.server.testkit.desktop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A ZIP file of the files and folders of a vault, to be compared with those of a desktop. */
public final class PlainArchive {
    private PlainArchive() {}

    /** Returns what is in the archive by its paths, with the times that it states: of a file to two seconds. */
    public static NavigableMap<String, PlainEntry> entries(byte[] archive) {
        NavigableMap<String, PlainEntry> all = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String name = entry.getName();
                String time = entry.getTimeLocal().toInstant(ZoneOffset.UTC).toString();
                if (name.endsWith("/")) {
                    all.put(name.substring(0, name.length() - 1), PlainEntry.folder(time));
                } else {
                    all.put(name, PlainEntry.file(in.readAllBytes(), time));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not a ZIP file", e);
        }
        return all;
    }
}
