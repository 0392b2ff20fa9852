package io.verstak.server.torture.nodes;

import io.verstak.server.domain.Sha256;
import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Client;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.net.URI;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Uploads attachments in parts, goes on where a part broke, and begins again when the upload is gone. One part a step. */
final class TusUploader extends Client {
    private static final String PATH = "/api/v1/uploads/";
    private static final int MOST_BYTES = 900_000;
    private static final int MOST_OF_PART = 200_000;

    /** Of a node that is gone, or of another one that round robin does not hit. */
    private static final int MOST_REFUSALS = 30;

    private final Scope scope;
    private final Device device;
    private final History history;
    private final Random random;
    private byte[] bytes = new byte[0];
    private String upload = "";
    private long offset;
    private boolean known;
    private int refusals;
    private long begunAt;

    TusUploader(Scope scope, History history, long seed) {
        this.scope = scope;
        this.device = scope.device();
        this.history = history;
        this.random = new Random(seed);
    }

    @Override
    protected void step() {
        if (!device.connected()) {
            return;
        }
        if (upload.isEmpty()) {
            create();
        } else if (known) {
            append();
        } else {
            look();
        }
    }

    private Request request(String method, String path) {
        return Request.of(method, path).with("Tus-Resumable", "1.0.0");
    }

    private void create() {
        if (bytes.length == 0) {
            bytes = new byte[1 + random.nextInt(MOST_BYTES)];
            random.nextBytes(bytes);
        }
        begunAt = System.nanoTime();
        Answer answer = device.send(request("POST", PATH).with("Upload-Length", Integer.toString(bytes.length)));
        if (answer != null && answer.status() == 201) {
            upload = URI.create(answer.header("Location")).getRawPath();
            offset = 0;
            known = true;
            refusals = 0;
        } else if (answer != null && answer.status() < 500) {
            throw new AssertionError("no upload was made: " + answer);
        }
    }

    private void append() {
        int length = (int) Math.min(bytes.length - offset, 1 + random.nextInt(MOST_OF_PART));
        byte[] part = Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
        Request request = request("PATCH", upload)
                .with("Upload-Offset", Long.toString(offset))
                .with("Content-Type", "application/offset+octet-stream");
        take(device.send(new Request(request.method(), request.path(), request.fields(), part, false)), 204);
    }

    /** Asks how much has come. */
    private void look() {
        take(device.send(request("HEAD", upload)), 200);
    }

    private void take(@Nullable Answer answer, int fine) {
        if (answer != null && answer.status() == fine) {
            long now = Long.parseLong(answer.header("Upload-Offset"));
            if ((fine == 204 && now <= offset) || now > bytes.length) {
                throw new AssertionError("an offset of %s after %s of %s".formatted(now, offset, bytes.length));
            }
            offset = now;
            known = true;
            String stored = answer.header("Blob-Sha256");
            if (offset == bytes.length) {
                ended(stored);
            }
            return;
        }
        known = false;
        boolean gone = answer != null && (answer.status() == 404 || answer.status() == 410);
        if (gone || ++refusals > MOST_REFUSALS) {
            upload = "";
        } else if (answer != null && answer.status() < 500 && answer.status() != 423 && answer.status() != 409) {
            throw new AssertionError("a part was refused: " + answer);
        }
    }

    private void ended(String stored) {
        String sha256 = Sha256.of(bytes).hex();
        upload = "";
        if (stored.isEmpty()) {
            return; // The answer to the last part was lost, and this node does not know of the end: all again.
        }
        if (!stored.equals(sha256)) {
            throw new AssertionError("another blob than was sent: " + stored);
        }
        history.add(new Call.Upload(scope.name(), sha256, begunAt, System.nanoTime(), Outcome.OK));
        scope.stored(new Scope.Blob(sha256, bytes.length));
        bytes = new byte[0];
        done(1);
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected void end() {
        device.close();
    }
}
