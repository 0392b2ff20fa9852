package io.verstak.server.blob;

import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The {@link BlobStore} of the other verticles. Uploads are opened and committed by the blob verticle; their bytes go
 * from the caller's context to the disk and never over the bus.
 */
public final class BusBlobStore implements BlobStore {
    static final Address<Scope, Ticket> BEGIN = new Address<>("blob.begin");
    static final Address<Finished, BlobReference> COMMIT = new Address<>("blob.commit");
    static final Address<Ticket, Void> ABORT = new Address<>("blob.abort");
    static final Address<Find, BlobFile> FIND = new Address<>("blob.find");

    private final Bus bus;
    private final BlobDisk disk;
    private final long maxBlobBytes;

    /** The right to one upload, given back with {@link #COMMIT} or {@link #ABORT}. */
    record Ticket(Scope scope, Allowance allowance) {}

    /** A durable file that holds a blob; whoever gets this owns the file. */
    record Finished(Ticket ticket, BlobReference blob, Path file) {}

    record Find(Scope scope, Sha256 sha256) {}

    public BusBlobStore(Bus bus, BlobDisk disk, long maxBlobBytes) {
        this.bus = bus;
        this.disk = disk;
        this.maxBlobBytes = maxBlobBytes;
    }

    @Override
    public Future<BlobUpload> begin(Scope scope) {
        return bus.request(BEGIN, scope).map(ticket -> new UploadStream(bus, disk, ticket, maxBlobBytes));
    }

    @Override
    public Future<BlobFile> find(Scope scope, Sha256 sha256) {
        return bus.request(FIND, new Find(scope, sha256));
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
