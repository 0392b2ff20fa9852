package io.verstak.server.files.export;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.files.FileRemarks;
import io.verstak.server.files.OfflineFiles;
import io.verstak.server.files.Sequentially;
import io.verstak.server.files.VaultFiles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * Writes the files of a vault, as they are or were, into an empty folder, under the names of an archive and with its text about what is
 * missing. Runs on a worker thread of its own, and blocks it.
 */
public final class FolderExport extends VerticleBase {
    private static final int PAGE = 500;
    private static final int PIECE_BYTES = 256 << 10;

    /** What most systems take of a name, in bytes. */
    private static final int LONGEST_NAME = 255;

    /** What most systems take of a path, in bytes. */
    private static final int LONGEST_PATH = 4095;

    private final OfflineFiles index;
    private final BlobBackend blobs;
    private final Scope scope;
    private final Function<VaultFiles, Future<Long>> moment;
    private final Path folder;
    private final FileRemarks remarks = new FileRemarks(Language.EN);
    private final List<String> leftOut = new ArrayList<>();
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    private final Promise<Report> done = Promise.promise();
    private long files;
    private long folders;
    private long bytes;

    /**
     * What was written.
     *
     * @param moment the sequence of the last op that counts
     * @param leftOut the paths of files that are lost, or that the folder's system does not take
     */
    public record Report(long moment, long files, long folders, long bytes, List<String> leftOut) {}

    /** @param moment returns the sequence of the last op that counts; one above the head stands for the head */
    public FolderExport(
            OfflineFiles index,
            BlobBackend blobs,
            Scope scope,
            Function<VaultFiles, Future<Long>> moment,
            Path folder) {
        this.index = index;
        this.blobs = blobs;
        this.scope = scope;
        this.moment = moment;
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** Returns what was written when it is. Fails with the first error of the folder's system or of the server's data. */
    public Future<Report> report() {
        return done.future();
    }

    @Override
    public Future<?> start() {
        index.upToDate(scope)
                .compose(vault -> vault.state(scope)
                        .compose(state -> moment.apply(vault)
                                .map(wanted -> Math.min(wanted, state.indexed()))
                                .compose(until -> pages(vault, until).map(until))))
                .map(this::end)
                .onComplete(done);
        return Future.succeededFuture();
    }

    private Future<Void> pages(VaultFiles vault, long until) {
        return Sequentially.until(Optional.of(""), Optional::isEmpty, after -> page(vault, until, after.orElse("")))
                .mapEmpty();
    }

    /** Returns where the next page begins; empty: there is none. */
    private Future<Optional<String>> page(VaultFiles vault, long until, String after) {
        return vault.walk(scope, "", until, after, PAGE)
                .compose(page -> Sequentially.forEach(page.rows(), entry -> entry(vault, entry))
                        .map(Optional.of(page.next()).filter(next -> !next.isEmpty())));
    }

    private Future<Void> entry(VaultFiles vault, FileEntry entry) {
        Optional<Path> target = target(entry);
        if (target.isEmpty()) {
            leftOut.add(entry.path());
            return Future.succeededFuture();
        }
        if (entry.kind().isFolder()) {
            make(target.get());
            folders++;
            return Future.succeededFuture();
        }
        return vault.content(scope, entry.sequence()).compose(content -> write(entry, target.get(), content));
    }

    /** Returns where an entry is written; empty if its name, or that of a folder above it, cannot be, or leads elsewhere. */
    private Optional<Path> target(FileEntry entry) {
        try {
            Path target = folder.resolve(remarks.name(entry.path())).normalize();
            boolean below = target.startsWith(folder) && !target.equals(folder);
            return below && fits(target) && !Files.exists(target) ? Optional.of(target) : Optional.empty();
        } catch (InvalidPathException notHere) {
            return Optional.empty();
        }
    }

    private boolean fits(Path target) {
        return bytes(target) <= LONGEST_PATH
                && StreamSupport.stream(folder.relativize(target).spliterator(), false)
                        .allMatch(name -> bytes(name) <= LONGEST_NAME);
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private Future<Void> write(FileEntry entry, Path target, FileContent content) {
        BlobReference blob = content.blob();
        byte[] text = content.text();
        if (blob == null) {
            save(entry, target, text == null ? new byte[0] : text);
            return Future.succeededFuture();
        }
        return blobs.open(blob)
                .compose(open -> Future.succeededFuture(open)
                        .map(opened -> copy(entry, target, opened, blob))
                        .eventually(open::close))
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() == ErrorCode.BLOB_UNAVAILABLE
                                ? Future.succeededFuture(false)
                                : Future.failedFuture(failure))
                .map(intact -> {
                    if (!intact) {
                        remarks.missing(entry.path());
                        leftOut.add(entry.path());
                    }
                    return null;
                });
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void save(FileEntry entry, Path target, byte[] text) {
        try {
            Files.createDirectories(target.getParent());
            Files.write(target, text, StandardOpenOption.CREATE_NEW);
            wrote(entry, target, text.length);
        } catch (FileAlreadyExistsException twin) {
            leftOut.add(entry.path());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns false, and leaves no file, if the bytes are not those of the blob. */
    private boolean copy(FileEntry entry, Path target, BlobContent content, BlobReference blob) {
        try {
            Files.createDirectories(target.getParent());
            if (!isCopied(target, content, blob)) {
                Files.delete(target);
                return false;
            }
            wrote(entry, target, blob.size());
            return true;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean isCopied(Path target, BlobContent content, BlobReference blob) throws IOException {
        BlobDigest digest = new BlobDigest();
        try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (digest.length() < blob.size()) {
                piece.clear();
                if (content.read(piece, digest.length()) <= 0) {
                    return false;
                }
                digest.update(piece.flip());
                piece.rewind();
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
            }
        }
        return digest.blob().equals(blob);
    }

    private void wrote(FileEntry entry, Path target, long size) throws IOException {
        if (entry.changedAt() > 0) {
            Files.setLastModifiedTime(target, FileTime.fromMillis(entry.changedAt()));
        }
        files++;
        bytes += size;
    }

    private Report end(long until) {
        if (!remarks.isEmpty()) {
            try {
                Files.write(folder.resolve(remarks.fileName()), remarks.text(), StandardOpenOption.CREATE_NEW);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return new Report(until, files, folders, bytes, List.copyOf(leftOut));
    }
}
