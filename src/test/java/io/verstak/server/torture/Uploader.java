package io.verstak.server.torture;

import io.verstak.server.domain.Sha256;
import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Request;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Uploads attachments, each until it is acknowledged, and reads some of them again. */
final class Uploader extends Client {
    private static final int MOST_BYTES = 300_000;

    private final Scope scope;
    private final Device device;
    private final History history;
    private final Random random;
    private byte[] bytes = new byte[0];

    Uploader(Scope scope, History history, long seed) {
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
        Scope.Blob known = random.nextInt(4) == 0 ? scope.anyBlob(random) : null;
        if (known != null) {
            download(known);
        } else {
            upload();
        }
    }

    private void upload() {
        if (bytes.length == 0) {
            bytes = new byte[1 + random.nextInt(MOST_BYTES)];
            random.nextBytes(bytes);
        }
        String sha256 = Sha256.of(bytes).hex();
        long invokedAt = System.nanoTime();
        Outcome outcome = outcome(device.send(DesktopBlobs.request("attachment.bin", bytes)));
        history.add(new Call.Upload(scope.name(), sha256, invokedAt, System.nanoTime(), outcome));
        if (outcome == Outcome.OK) {
            scope.stored(new Scope.Blob(sha256, bytes.length));
            done(1);
        }
        if (outcome != Outcome.UNKNOWN) {
            bytes = new byte[0];
        }
    }

    private void download(Scope.Blob blob) {
        long invokedAt = System.nanoTime();
        Answer answer = device.send(Request.get("/api/v1/blobs/" + blob.sha256()));
        history.add(new Call.Download(
                scope.name(), blob.sha256(), invokedAt, System.nanoTime(), downloaded(answer, blob.sha256())));
    }

    /** A disk that fails may not be read for a while; what is not known, or has other bytes, is lost. */
    static Outcome downloaded(@Nullable Answer answer, String sha256) {
        if (answer == null || answer.status() >= 500) {
            return Outcome.UNKNOWN;
        }
        boolean whole = answer.status() == 200 && Sha256.of(answer.wire()).hex().equals(sha256);
        return whole ? Outcome.OK : Outcome.FAIL;
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
