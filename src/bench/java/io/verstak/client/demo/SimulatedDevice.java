package io.verstak.client.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.client.Change;
import io.verstak.client.HeadEvents;
import io.verstak.client.PairedDevice;
import io.verstak.client.RefusedException;
import io.verstak.client.Replica;
import io.verstak.client.Replica.Pulled;
import io.verstak.client.SyncServer;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One device of the team: edits notes, attaches files, and fetches the files of others. */
final class SimulatedDevice {
    private static final int NOTES = 20;
    private static final int ONE_FILE_IN = 12;
    private static final int ONE_DELETE_IN = 15;
    private static final int LARGEST_FILE = 4 << 20;
    private static final String FILE = "file";
    private static final JsonMapper JSON = new JsonMapper();

    private final SyncServer server;
    private final Replica replica;
    private final String name;
    private final Path files;
    private final Random random;
    private final Duration activity;
    private final Semaphore news = new Semaphore(0);
    private volatile DeviceStats standing;
    private volatile long head;
    private volatile @Nullable IOException failure;
    private long made;
    private long applied;
    private long moved;
    private Duration delay = Duration.ZERO;

    SimulatedDevice(SyncServer server, PairedDevice device, String name, Path files, Random random, Duration activity) {
        this.server = server;
        this.replica = new Replica(server, device);
        this.name = name;
        this.files = files;
        this.random = random;
        this.activity = activity;
        this.standing = new DeviceStats(name, 0, 0, 0, 0, 0, Duration.ZERO, "paired");
    }

    String name() {
        return name;
    }

    PairedDevice device() {
        return replica.device();
    }

    DeviceStats standing() {
        return standing;
    }

    SortedMap<String, String> entities() {
        return replica.entities();
    }

    /** Runs on the calling thread until the time is up. */
    void play(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        HeadEvents events = HeadEvents.listen(server, device(), this::heard);
        try {
            long nextChange = System.nanoTime();
            while (System.nanoTime() - end < 0) {
                if (System.nanoTime() - nextChange >= 0) {
                    change();
                    nextChange = System.nanoTime() + random.nextLong(2 * activity.toNanos() + 1);
                }
                awaitNews(Math.min(nextChange, end) - System.nanoTime());
                pull();
            }
        } catch (IOException | IllegalArgumentException e) {
            failure = e instanceof IOException known ? known : new IOException("a strange answer", e);
            show("gave up: " + FailureReason.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            events.close();
        }
    }

    private void heard(long newHead) {
        head = newHead;
        news.release();
    }

    private void awaitNews(long nanos) throws InterruptedException {
        if (head <= replica.cursor() && news.tryAcquire(Math.max(0, nanos), TimeUnit.NANOSECONDS)) {
            news.drainPermits();
        }
    }

    /** Returns the failure that ended the run early. */
    void rethrow() throws IOException {
        IOException ended = failure;
        if (ended != null) {
            throw ended instanceof RefusedException
                    ? ended
                    : new IOException(name + ": " + FailureReason.of(ended), ended);
        }
    }

    /** Ends the run: pushes the rest of the outbox. */
    void sayTheRest() throws IOException {
        replica.push();
    }

    /** All devices have pushed everything. */
    void catchUp() throws IOException {
        pull();
        show("done");
    }

    private void change() throws IOException {
        if (random.nextInt(ONE_FILE_IN) == 0) {
            attach();
        } else {
            String note = "note-" + random.nextInt(NOTES);
            boolean delete = random.nextInt(ONE_DELETE_IN) == 0;
            String payload = JSON.writeValueAsString(Map.of("text", "as " + name + " has it", "edit", made));
            replica.change(Change.of("note", note, delete ? Change.DELETE : "update", payload));
        }
        made++;
        show("pushing");
        replica.push();
        show("listening");
    }

    private void attach() throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(LARGEST_FILE)];
        random.nextBytes(bytes);
        Path file = Files.write(files.resolve("attachment"), bytes);
        show("sending a file");
        Sha256 sha256 = replica.blobs().upload(file);
        moved++;
        String payload = JSON.writeValueAsString(Map.of("blob", Map.of("sha256", sha256.hex(), "size", bytes.length)));
        replica.change(Change.of(FILE, "attachment-" + random.nextInt(NOTES), "update", payload));
    }

    private void pull() throws IOException {
        for (Pulled op : replica.pull(Duration.ZERO)) {
            applied++;
            if (!op.deviceId().equals(device().deviceId())) {
                delay = Duration.between(Instant.parse(op.madeAt()), Instant.now());
                fetch(op);
            }
        }
        show("listening");
    }

    private void fetch(Pulled op) throws IOException {
        JsonNode blob = JSON.readTree(op.payloadJson()).path("blob");
        if (op.entityType().equals(FILE) && blob.isObject()) {
            show("fetching a file");
            Sha256 sha256 = new Sha256(blob.path("sha256").asText());
            replica.blobs().download(sha256, files.resolve("fetched"));
            moved++;
        }
    }

    private void show(String state) {
        long behind = Math.max(0, head - replica.cursor());
        standing = new DeviceStats(name, made, applied, behind, moved, replica.conflicts(), delay, state);
    }
}
