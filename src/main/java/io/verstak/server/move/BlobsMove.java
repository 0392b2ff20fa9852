package io.verstak.server.move;

import io.verstak.server.blob.file.BlobImporter;
import io.verstak.server.blob.file.BlobImporter.Taken;
import io.verstak.server.blob.file.BlobImporter.UnreadableException;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies the files of blobs to another data directory, and the bytes of uploads that have not ended. A file is read to its end and
 * compared with its hash; one that an earlier run has copied is only read. Blocks.
 */
final class BlobsMove {
    private static final long PAGE_BYTES = 1L << 20;
    private static final String UPLOAD = "part-";

    private final MoveEnd source;
    private final DataDirectory from;
    private final DataDirectory to;
    private final MoveProgress progress;
    private final List<String> missing = new ArrayList<>();
    private long count;
    private long bytes;

    BlobsMove(MoveEnd source, DataDirectory from, DataDirectory to, MoveProgress progress) {
        this.source = source;
        this.from = from;
        this.to = to;
        this.progress = progress;
    }

    /** @param onFatal runs once when an fsync fails; it must end the process */
    MoveReport.Blobs run(Runnable onFatal) throws IOException {
        MoveTable blobs = table("blobs");
        int hash = blobs.indexOf("sha256");
        BlobImporter importer = new BlobImporter(to, onFatal);
        progress.part("files", source.count(blobs));
        List<Object> after = List.of();
        for (List<Object[]> page = source.page(blobs, after, PAGE_BYTES);
                !page.isEmpty();
                page = source.page(blobs, after, PAGE_BYTES)) {
            for (Object[] row : page) {
                copy(importer, new Sha256((String) row[hash]));
                progress.advance(1);
            }
            after = blobs.keyOf(page.get(page.size() - 1));
        }
        importer.finish();
        return new MoveReport.Blobs(count, bytes, uploads());
    }

    private MoveTable table(String name) {
        return source.tables().stream()
                .filter(table -> table.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The rows name the times of the files, so that the copies have the same. */
    private void copy(BlobImporter importer, Sha256 sha256) throws IOException {
        Path file = DataDirectory.blobFile(from.blobs(), sha256);
        Optional<Taken> taken;
        try {
            taken = importer.take(file, sha256, false);
        } catch (UnreadableException unreadable) {
            if (!(unreadable.getCause() instanceof NoSuchFileException)) {
                throw new StorageException(
                        "%s: cannot be read: %s; mend it, or put the file aside, and run the command again: it continues"
                                .formatted(file, FailureReason.of(unreadable)),
                        unreadable);
            }
            taken = Optional.empty();
        }
        if (taken.isEmpty()) {
            missing.add(sha256.hex());
            return;
        }
        Files.setLastModifiedTime(DataDirectory.blobFile(to.blobs(), sha256), Files.getLastModifiedTime(file));
        count++;
        bytes += taken.get().size();
    }

    /** Copies the bytes of uploads that have not ended. Returns their number. */
    long uploads() throws IOException {
        MoveTable uploads = table("uploads");
        int id = uploads.indexOf("id");
        long copied = 0;
        List<Object> after = List.of();
        for (List<Object[]> page = source.page(uploads, after, PAGE_BYTES);
                !page.isEmpty();
                page = source.page(uploads, after, PAGE_BYTES)) {
            for (Object[] row : page) {
                Path file = from.temp().resolve(UPLOAD + row[id]);
                if (Files.isRegularFile(file)) {
                    Path copy = to.temp().resolve(UPLOAD + row[id]);
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                    PrivateFiles.adopt(copy);
                    PrivateFiles.force(copy);
                    copied++;
                }
            }
            after = uploads.keyOf(page.get(page.size() - 1));
        }
        PrivateFiles.force(to.temp());
        return copied;
    }

    /** Returns the blobs whose files are damaged or missing where the data was. */
    List<String> missing() {
        return missing;
    }
}
