package io.verstak.server.torture;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.PackagedServer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A vault under load, with the blobs that its uploaders know to be stored. */
final class Scope {
    static final String USER = "alice";
    static final String PASSWORD = "violet-harbour-42";

    private final PackagedServer server;
    private final String vault;
    private final List<Blob> blobs = new CopyOnWriteArrayList<>();

    /** A stored blob. */
    record Blob(String sha256, int size) {}

    Scope(PackagedServer server, String vault) {
        this.server = server;
        this.vault = vault;
    }

    String name() {
        return vault;
    }

    /** A new device of this vault. */
    Device device() {
        try (Desktop desktop = Desktop.pair(server::port, USER, PASSWORD, vault)) {
            return new Device(server, desktop.id(), desktop.token());
        }
    }

    void stored(Blob blob) {
        blobs.add(blob);
    }

    List<Blob> blobs() {
        return blobs;
    }

    @Nullable
    Blob anyBlob(Random random) {
        int count = blobs.size();
        return count == 0 ? null : blobs.get(random.nextInt(count));
    }
}
