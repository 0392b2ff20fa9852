package io.verstak.server.blob;

import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import java.time.Clock;

/**
 * Quarantines damaged files, serialized with uploads of the same blob: an upload that has just ended has stored a whole
 * file. Runs on the blob verticle.
 */
public final class BlobQuarantine {
    private final BlobRepository care;
    private final BlobDisk disk;
    private final KeyedMutex turns;
    private final Clock clock;

    public BlobQuarantine(BlobRepository care, BlobDisk disk, KeyedMutex turns, Clock clock) {
        this.care = care;
        this.disk = disk;
        this.turns = turns;
        this.clock = clock;
    }

    /** Inspects a suspicious blob again. Returns whether the damage is new. */
    public Future<Boolean> confirm(BlobReference blob) {
        return turns.run(
                blob.sha256(),
                () -> disk.read(() -> disk.inspector().read(blob, bytes -> {}).isDamage())
                        .compose(damaged -> damaged ? quarantine(blob) : Future.succeededFuture(false)));
    }

    private Future<Boolean> quarantine(BlobReference blob) {
        return disk.write(() -> {
                    disk.inspector().quarantine(blob.sha256());
                    return null;
                })
                .compose(moved -> care.markDamaged(blob.sha256(), clock.millis()));
    }
}
