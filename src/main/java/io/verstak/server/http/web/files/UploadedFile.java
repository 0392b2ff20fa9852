package io.verstak.server.http.web.files;

import io.verstak.server.blob.BlobUpload;
import io.verstak.server.blob.StoredBlob;
import io.verstak.server.http.guard.TransportGuard;
import io.verstak.server.http.multipart.MultipartFile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A file that a form sends: its beginning in memory, the rest as a stream. Used on the request's event loop. */
final class UploadedFile {
    private final MultipartFile file;
    private final int most;
    private final Buffer beginning = Buffer.buffer();
    private final Promise<UploadedFile> opened = Promise.promise();
    private boolean whole;

    private UploadedFile(HttpServerRequest request, int most) {
        this.file = MultipartFile.of(request);
        this.most = most;
    }

    /**
     * Reads the beginning of the file of a paused request. Fails with {@code INVALID_MULTIPART} if there is none.
     *
     * @param most more than this makes the beginning, in bytes; a smaller file is read completely
     */
    static Future<UploadedFile> open(HttpServerRequest request, int most) {
        UploadedFile uploaded = new UploadedFile(request, most);
        return TransportGuard.expectBody(request).compose(proceeding -> {
            uploaded.file.exceptionHandler(uploaded.opened::tryFail);
            uploaded.file.endHandler(end -> uploaded.end());
            uploaded.file.handler(uploaded::add);
            uploaded.file.resume();
            return uploaded.opened.future();
        });
    }

    private void end() {
        whole = true;
        opened.tryComplete(this);
    }

    /** What had been read before a pause still comes. */
    private void add(Buffer piece) {
        beginning.appendBuffer(piece);
        if (beginning.length() > most) {
            file.pause();
            opened.tryComplete(this);
        }
    }

    /** Returns the name without the folders that some browsers send with it. */
    String name() {
        String sent = file.name();
        return sent.substring(Math.max(sent.lastIndexOf('/'), sent.lastIndexOf('\\')) + 1);
    }

    /** Returns whether the beginning is the whole file, which is not larger than was said. */
    boolean isSmall() {
        return whole && beginning.length() <= most;
    }

    byte[] beginning() {
        return beginning.getBytes();
    }

    /** Stores the file. Nothing of it is left after a failure. */
    Future<StoredBlob> store(BlobUpload upload) {
        Future<Void> begun = upload.write(beginning);
        Future<Void> sent = whole ? begun : file.pipe().endOnComplete(false).to(upload);
        return sent.compose(complete -> begun)
                .recover(failure -> upload.abort().transform(aborted -> Future.failedFuture(failure)))
                .compose(complete -> upload.commit());
    }
}
