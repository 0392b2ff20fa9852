package io.verstak.server.blob.resumable;

import io.verstak.server.blob.file.BlobDisk;
import io.verstak.server.blob.resumable.ResumableUploadService.Close;
import io.verstak.server.blob.resumable.ResumableUploadService.Keep;
import io.verstak.server.blob.resumable.ResumableUploadService.Open;
import io.verstak.server.blob.resumable.ResumableUploadService.Opened;
import io.verstak.server.bus.Address;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;

/**
 * The client side of {@link ResumableUploads}: the blob verticle grants access, and the bytes go from the caller's
 * context to the disk.
 */
public final class BusResumableUploads implements ResumableUploads {
    public static final Address<NewUpload, UploadStatus> CREATE = new Address<>("upload.create");
    public static final Address<Named, UploadStatus> FIND = new Address<>("upload.find");
    public static final Address<Open, Opened> OPEN = new Address<>("upload.open");
    public static final Address<Keep, Void> KEEP = new Address<>("upload.keep");
    public static final Address<Close, UploadStatus> CLOSE = new Address<>("upload.close");
    public static final Address<Named, Void> REMOVE = new Address<>("upload.remove");

    private final Bus bus;
    private final BlobDisk disk;

    public record Named(Scope scope, String id) {}

    public BusResumableUploads(Bus bus, BlobDisk disk) {
        this.bus = bus;
        this.disk = disk;
    }

    @Override
    public Future<UploadStatus> create(NewUpload upload) {
        return bus.request(CREATE, upload);
    }

    @Override
    public Future<UploadStatus> find(Scope scope, String id) {
        return bus.request(FIND, new Named(scope, id));
    }

    @Override
    public Future<UploadChunk> append(Scope scope, String id, ChunkOpening part) {
        UploadSender handle = new UploadSender(part.interrupt());
        return bus.request(OPEN, new Open(scope, id, part, handle))
                .onFailure(failure -> handle.abandon())
                .map(opened -> opened.file()
                        .<UploadChunk>map(file -> new ChunkWriter(bus, disk, opened, file, part, handle))
                        .orElseGet(() -> new NoPart(UploadStatus.of(opened.upload()))));
    }

    @Override
    public Future<Void> remove(Scope scope, String id) {
        return bus.request(REMOVE, new Named(scope, id));
    }
}
