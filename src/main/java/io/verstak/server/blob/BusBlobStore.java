package io.verstak.server.blob;

import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.file.BlobFile;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The client side of {@link BlobStore}. The blob verticle opens and commits uploads; their bytes go from the caller's
 * context to the disk and never over the bus.
 */
public final class BusBlobStore implements BlobStore {
    public static final Address<Scope, Ticket> BEGIN = new Address<>("blob.begin");
    public static final Address<Finished, StoredBlob> COMMIT = new Address<>("blob.commit");
    public static final Address<Ticket, Void> ABORT = new Address<>("blob.abort");
    public static final Address<Find, BlobFile> FIND = new Address<>("blob.find");
    public static final Address<Missing, List<Sha256>> MISSING = new Address<>("blob.missing");

    public static final Address<Part, List<BlobReference>> LIST = new Address<>("blob.list");

    private final Bus bus;
    private final BlobDisk disk;
    private final LongSupplier maxBlobBytes;

    /** A permit for one upload, returned with {@link #COMMIT} or {@link #ABORT}. */
    public record Ticket(Scope scope, QuotaReservation allowance, Lease slot) {}

    /** A durable file that holds a blob; the receiver owns the file. */
    public record Finished(Ticket ticket, BlobReference blob, Path file) {}

    /** A part of the list of a scope's blobs. */
    public record Part(Scope scope, String afterHash) {}

    public record Find(Scope scope, Sha256 sha256) {}

    public record Missing(Scope scope, List<Sha256> blobs) {}

    public BusBlobStore(Bus bus, BlobDisk disk, LongSupplier maxBlobBytes) {
        this.bus = bus;
        this.disk = disk;
        this.maxBlobBytes = maxBlobBytes;
    }

    @Override
    public Future<BlobUpload> begin(Scope scope, Optional<Sha256> announced) {
        return bus.request(BEGIN, scope)
                .map(ticket -> new UploadStream(bus, disk, ticket, maxBlobBytes.getAsLong(), announced));
    }

    @Override
    public Future<List<Sha256>> missing(Scope scope, List<Sha256> blobs) {
        return bus.request(MISSING, new Missing(scope, blobs));
    }

    @Override
    public Future<BlobFile> find(Scope scope, Sha256 sha256) {
        return bus.request(FIND, new Find(scope, sha256));
    }

    @Override
    public Future<List<BlobReference>> list(Scope scope, String afterHash) {
        return bus.request(LIST, new Part(scope, afterHash));
    }

    @Override
    public Future<FileChannel> open(BlobFile file) {
        return disk.read(() -> disk.finished().open(file));
    }

    @Override
    public Future<Void> close(FileChannel channel) {
        return disk.read(() -> {
            channel.close();
            return null;
        });
    }
}
