package io.verstak.server.storage;

import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates folders with permissions 0700 and files with 0600. What root creates belongs to the owner of the folder around it:
 * the user of the service must be able to read what a command of root leaves. All methods block.
 */
public final class PrivateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Path PROCESS = Path.of("/proc/self");
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private static final String RENAME_PROBE = "rename-probe";
    private static final String DEVICE = "unix:dev";

    private PrivateFiles() {}

    /** Creates a folder and those above it if they are missing; their names survive a power cut. */
    public static void folder(Path folder) throws IOException {
        folder(folder, true, Optional.empty());
    }

    /** Works as {@link #folder}; what root creates belongs to the owner of the model. */
    public static void folder(Path folder, Path model) throws IOException {
        folder(folder, true, Optional.of(model));
    }

    /** Works as {@link #folder}; the caller makes the names durable. */
    public static void unforcedFolder(Path folder) throws IOException {
        folder(folder, false, Optional.empty());
    }

    /** Works as {@link #unforcedFolder}; what root creates belongs to the owner of the model. */
    public static void unforcedFolder(Path folder, Path model) throws IOException {
        folder(folder, false, Optional.of(model));
    }

    private static void folder(Path folder, boolean forced, Optional<Path> model) throws IOException {
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null && !Files.isDirectory(folder)) {
            folder(parent, forced, model);
            Files.createDirectory(folder, DataDirectory.folderPermissions());
            adopt(folder, model.orElse(parent));
            if (forced) {
                force(parent);
            }
        }
    }

    /** Creates an empty file if it is missing. */
    public static Path file(Path file) throws IOException {
        try {
            Files.createFile(file, DataDirectory.filePermissions());
            adopt(file);
        } catch (FileAlreadyExistsException e) {
            restrict(file);
        }
        return file;
    }

    /**
     * Removes the permissions of other users from a file. File systems without permissions (FAT, exFAT, many shares) refuse
     * that; the file is used all the same, and a warning is logged once.
     */
    public static void restrict(Path file) throws IOException {
        try {
            Files.setPosixFilePermissions(file, FILE);
        } catch (FileSystemException refused) {
            if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE)) {
                throw refused;
            }
            if (TOLD.compareAndSet(false, true)) {
                LOG.warn(
                        "{}: its file system keeps no permissions: see to it that nobody else can read what is there",
                        file.toAbsolutePath().getParent());
            }
        } catch (UnsupportedOperationException noPermissions) {
            LOG.debug("{}: no permissions here", file);
        }
    }

    /** Gives what root has created to the owner of the folder around it. Does nothing where the system refuses that. */
    public static void adopt(Path made) throws IOException {
        Path folder = made.toAbsolutePath().getParent();
        if (folder != null) {
            adopt(made, folder);
        }
    }

    /**
     * Gives what root has created to the owner of the model: a copy with secrets must not belong to the owner of the folder around it.
     */
    public static void adopt(Path made, Path model) throws IOException {
        if (!isRoot()) {
            return;
        }
        PosixFileAttributes wanted = Files.readAttributes(model, PosixFileAttributes.class);
        PosixFileAttributeView view =
                Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view.readAttributes().owner().equals(wanted.owner())) {
            return;
        }
        try {
            view.setGroup(wanted.group());
            view.setOwner(wanted.owner());
        } catch (FileSystemException refused) {
            LOG.debug("{}: its owner cannot be changed: {}", made, refused.toString());
        }
    }

    private static boolean isRoot() throws IOException {
        return Files.exists(PROCESS) && Files.getAttribute(PROCESS, "unix:uid").equals(0);
    }

    /**
     * Returns whether a file cannot be renamed from one folder into the other. Tries it: two mounts of one file system refuse
     * it as well, and a service that sees only its own processes in /proc cannot read the table of mounts.
     */
    static boolean areApart(Path root, Path blobs) {
        if (!Files.isDirectory(blobs)) {
            return false;
        }
        Path here = root.resolve(RENAME_PROBE);
        Path there = blobs.resolve(RENAME_PROBE);
        try {
            if (!Files.getAttribute(root, DEVICE).equals(Files.getAttribute(blobs, DEVICE))) {
                return true;
            }
            Files.deleteIfExists(here);
            Files.createFile(here, DataDirectory.filePermissions());
            try {
                Files.move(here, there, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(there);
                Files.deleteIfExists(here);
            }
            return false;
        } catch (AtomicMoveNotSupportedException apart) {
            return true;
        } catch (IOException full) {
            // The devices are the same. A full disk must not keep a server from serving what it has.
            return false;
        }
    }

    /** Makes the content of a file, or the names in a folder, survive a power cut (fsync). */
    public static void force(Path fileOrFolder) throws IOException {
        try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Returns the reason of a failure and the owner of the file, in words for a person. */
    public static String reason(IOException failure) {
        return FailureReason.withFile(failure)
                + (failure instanceof AccessDeniedException denied ? owner(denied.getFile()) : "");
    }

    private static String owner(String file) {
        for (Path place = Path.of(file).toAbsolutePath(); place != null; place = place.getParent()) {
            try {
                return "; %s belongs to %s".formatted(place, Files.getOwner(place));
            } catch (IOException hidden) {
                LOG.debug("{}: its owner cannot be seen", place);
            }
        }
        return "";
    }
}
