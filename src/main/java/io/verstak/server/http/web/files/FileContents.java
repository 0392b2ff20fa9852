package io.verstak.server.http.web.files;

import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.FoundBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.web.files.FilePreview.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Reads as much of files as pages show. */
public final class FileContents {
    /** Of a text that is shown. */
    private static final int SHOWN_BYTES = 256 << 10;

    /** Of a text that is compared. */
    private static final int COMPARED_BYTES = 1 << 20;

    private static final int THREADS = 2;

    private final VaultFiles files;
    private final BlobStore blobs;
    private final WorkerExecutor worker;

    public FileContents(Vertx vertx, VaultFiles files, BlobStore blobs) {
        this.files = files;
        this.blobs = blobs;
        this.worker = vertx.createSharedWorkerExecutor("file-previews", THREADS);
    }

    /** The beginning of a file, and its type if a browser may show it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record Beginning(byte[] bytes, Optional<String> type) {}

    /** Returns what is shown of a file; empty: nothing of its kind is. */
    Future<Optional<FilePreview>> preview(Scope scope, FileEntry entry) {
        return files.content(scope, entry.sequence())
                .compose(content -> beginning(scope, content, SHOWN_BYTES))
                .map(read -> preview(entry, read))
                .recover(failure -> isLost(failure)
                        ? Future.succeededFuture(Optional.of(FilePreview.of(Kind.LOST)))
                        : Future.failedFuture(failure));
    }

    private static boolean isLost(Throwable failure) {
        return failure instanceof ServerException refusal
                && (refusal.code() == ErrorCode.BLOB_NOT_FOUND || refusal.code() == ErrorCode.BLOB_UNAVAILABLE);
    }

    /** Returns the whole text of a version; empty: it is none, is too large to be compared, or is lost. */
    Future<Optional<String>> whole(Scope scope, FileContent content) {
        BlobReference blob = content.blob();
        return blob != null && blob.size() > COMPARED_BYTES
                ? Future.succeededFuture(Optional.empty())
                : beginning(scope, content, COMPARED_BYTES)
                        .map(read -> read.type().isPresent() || read.bytes().length > COMPARED_BYTES
                                ? Optional.<String>empty()
                                : text(read.bytes(), false))
                        .recover(failure -> isLost(failure)
                                ? Future.succeededFuture(Optional.<String>empty())
                                : Future.failedFuture(failure));
    }

    /** Compares two texts on a thread of its own; empty: they have too many lines. */
    Future<Optional<TextComparison>> compare(String before, String after, boolean folds) {
        return worker.executeBlocking(() -> TextComparison.of(before, after, folds), false);
    }

    private Future<Beginning> beginning(Scope scope, FileContent content, int most) {
        byte[] text = content.text();
        BlobReference blob = content.blob();
        if (text != null || blob == null) {
            return Future.succeededFuture(new Beginning(text == null ? new byte[0] : text, Optional.empty()));
        }
        return beginning(scope, blob, most);
    }

    /** Reads the beginning of a blob. Fails with {@code BLOB_NOT_FOUND} and {@code BLOB_UNAVAILABLE}. */
    Future<Beginning> beginning(Scope scope, BlobReference blob, int most) {
        return blobs.find(scope, blob.sha256())
                .compose(FoundBlob::openPresent)
                .compose(open -> worker.executeBlocking(() -> read(open, (int) Math.min(blob.size(), most)), false)
                        .eventually(open::close))
                .map(bytes -> new Beginning(bytes, FileTypes.shown(bytes)));
    }

    private static byte[] read(BlobContent content, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(most);
        while (bytes.hasRemaining()) {
            if (content.read(bytes, bytes.position()) < 0) {
                break;
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private static Optional<FilePreview> preview(FileEntry entry, Beginning read) {
        if (read.type().isPresent()) {
            return Optional.of(FilePreview.of(read.type().get().equals(FileTypes.PDF) ? Kind.PDF : Kind.IMAGE));
        }
        boolean cut = read.bytes().length < entry.size();
        String name = entry.name().toLowerCase(Locale.ROOT);
        boolean markdown = name.endsWith(".md") || name.endsWith(".markdown");
        return text(read.bytes(), cut).map(text -> FilePreview.text(text, markdown, cut));
    }

    /** Returns the text; empty: these bytes are none. One that is cut may end within a character. */
    static Optional<String> text(byte[] bytes, boolean cut) {
        int most = bytes.length;
        for (int i = 0; i < (cut ? 4 : 1) && i <= most; i++) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, 0, most - i))
                        .toString();
                return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
            } catch (CharacterCodingException none) {
                // Shorter, or no text.
            }
        }
        return Optional.empty();
    }
}
