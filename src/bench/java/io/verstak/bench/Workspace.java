package io.verstak.bench;

import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import io.verstak.bench.server.ServerProgram;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The folder of one run, and the home that every suite copies: one user, one paired device, an empty log. Closing
 * removes it all.
 */
final class Workspace implements AutoCloseable {
    /** The JVM sometimes dies of writing an archive (seen with JDK 17.0.15). */
    private static final int TRIES = 3;

    private final Path folder;
    private final ServerHome prepared;
    private final ServerProgram program;
    private int homes;

    private Workspace(Path folder, ServerHome prepared, ServerProgram program) {
        this.folder = folder;
        this.prepared = prepared;
        this.program = program;
    }

    /** For the server that this tree builds, as it builds it. */
    static Workspace create(Path parent) throws IOException, InterruptedException {
        Path folder = newFolder(parent);
        return create(folder, ServerProgram.BUILT, ServerProgram.BUILT);
    }

    /** For the same, as a profiler wants it. */
    static Workspace createProfiled(Path parent) throws IOException, InterruptedException {
        return create(newFolder(parent), ServerProgram.profiled(), ServerProgram.profiled());
    }

    /** For a jar, with a class archive that its own server has written. */
    static Workspace create(Path parent, Path jar) throws IOException, InterruptedException {
        for (int turn = 0; turn < TRIES; turn++) {
            Path folder = newFolder(parent);
            Path archive = folder.resolve("classes.jsa");
            Workspace workspace =
                    create(folder, ServerProgram.archiving(jar, archive), ServerProgram.archived(jar, archive));
            if (Files.exists(archive)) {
                return workspace;
            }
            workspace.close();
        }
        throw new IOException("the server of " + jar + " leaves no class archive");
    }

    private static Path newFolder(Path parent) throws IOException {
        Files.createDirectories(parent);
        return Files.createTempDirectory(parent, "run-");
    }

    private static Workspace create(Path folder, ServerProgram preparing, ServerProgram program)
            throws IOException, InterruptedException {
        try {
            return new Workspace(folder, prepare(folder.resolve("prepared"), preparing), program);
        } catch (IOException | InterruptedException e) {
            remove(folder);
            throw e;
        }
    }

    private static ServerHome prepare(Path folder, ServerProgram program) throws IOException, InterruptedException {
        ServerHome home = ServerHome.withUser(folder, program);
        try (ServerProcess server = ServerProcess.start(home)) {
            home.pairDevice(server);
        }
        return home;
    }

    /** A fresh home with a user, a paired device and an empty log. */
    ServerHome newHome() throws IOException {
        return prepared.copy(folder.resolve("home-" + ++homes), program);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() throws IOException {
        remove(folder);
    }

    static void remove(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
