package io.verstak.server.blackbox;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Refused;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Uploads one attachment after another, each until it is acknowledged. */
final class LoadUploader {
    private static final int BYTES = 700_001;
    private static final int PATIENCE_SECONDS = 180;

    private final Desktop desktop;
    private final Random random = new Random(7);
    private final List<Sha256> acknowledged = new CopyOnWriteArrayList<>();
    private final Semaphore uploads = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "load-uploader");
    private volatile boolean finishing;

    LoadUploader(Desktop desktop) {
        this.desktop = desktop;
    }

    void start() {
        thread.start();
    }

    /** Waits for another upload to be acknowledged. */
    void awaitAcknowledged() throws InterruptedException {
        if (!uploads.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no upload was acknowledged in time");
        }
    }

    /** Lets the upload under way be acknowledged, and ends. */
    void finish() throws InterruptedException {
        finishing = true;
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        if (thread.isAlive()) {
            throw new AssertionError("an upload does not end");
        }
    }

    List<Sha256> acknowledged() {
        return List.copyOf(acknowledged);
    }

    private void run() {
        byte[] bytes = new byte[BYTES];
        while (!finishing) {
            random.nextBytes(bytes);
            acknowledged.add(upload(bytes));
            uploads.release();
        }
    }

    /** A desktop gives up after three tries; its user tries again. */
    private Sha256 upload(byte[] bytes) {
        while (true) {
            try {
                return desktop.blobs().upload("attachment.bin", bytes);
            } catch (UncheckedIOException down) {
                Thread.onSpinWait();
            } catch (Refused refusal) {
                if (refusal.status() != 503) {
                    throw refusal;
                }
            }
        }
    }
}
