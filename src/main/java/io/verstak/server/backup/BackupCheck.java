package io.verstak.server.backup;

import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Reads a backup that is a folder, and compares each file with its manifest. Blocks. */
final class BackupCheck implements BackupReader.Visitor {
    private static final int KEPT = 20;

    private final BooleanSupplier goOn;
    private final Map<String, Part> files = new HashMap<>();
    private final List<Finding> problems = new ArrayList<>();
    private String lastBlob = "";

    private BackupCheck(BooleanSupplier goOn) {
        this.goOn = goOn;
    }

    /**
     * Returns the first problems that it finds; empty: the backup is as it was made.
     *
     * @param goOn asked before each file; false gives up
     * @throws StorageException if the manifest cannot be read, or when it gives up
     */
    static List<Finding> run(Path backup, BooleanSupplier goOn) throws IOException {
        BackupCheck check = new BackupCheck(goOn);
        Manifest manifest = BackupReader.read(backup, check);
        check.compare("server.db", manifest.database());
        check.compare("secret.key", manifest.secretKey());
        check.compare(Manifest.SETTINGS, manifest.settings());
        return List.copyOf(check.problems);
    }

    private void compare(String name, Part expected) {
        Part found = files.getOrDefault(name, Part.NONE);
        if (!found.equals(expected)) {
            problem(found.equals(Part.NONE) ? BackupProblem.FILE_MISSING : BackupProblem.FILE_CHANGED, name);
        }
    }

    @Override
    public void file(String name, InputStream content, FileTime time) throws IOException {
        if (!goOn.getAsBoolean()) {
            throw new StorageException("the verification was stopped");
        }
        Part part = HashedCopy.read(content);
        if (name.startsWith("blobs/")) {
            lastBlob = part.sha256() + " " + part.size();
        } else {
            files.put(name, part);
        }
    }

    /** The file of this blob has just been read, if it is there. */
    @Override
    public void named(BlobReference blob) {
        if (!lastBlob.equals(blob.sha256().hex() + " " + blob.size())) {
            problem(BackupProblem.BLOB_CHANGED, blob.sha256().hex());
        }
        lastBlob = "";
    }

    @Override
    public void missing(BlobReference blob) {
        // It was damaged at the source; the run that made the backup has said so.
    }

    private void problem(BackupProblem problem, String subject) {
        if (problems.size() < KEPT) {
            problems.add(new Finding(problem, subject));
        }
    }
}
