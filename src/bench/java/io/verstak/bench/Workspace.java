package io.verstak.bench;

import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
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
    private final Path folder;
    private final ServerHome prepared;
    private int homes;

    private Workspace(Path folder, ServerHome prepared) {
        this.folder = folder;
        this.prepared = prepared;
    }

    static Workspace create(Path parent) throws IOException, InterruptedException {
        Files.createDirectories(parent);
        Path folder = Files.createTempDirectory(parent, "run-");
        try {
            return new Workspace(folder, prepare(folder.resolve("prepared")));
        } catch (IOException | InterruptedException e) {
            remove(folder);
            throw e;
        }
    }

    private static ServerHome prepare(Path folder) throws IOException, InterruptedException {
        ServerHome home = ServerHome.withUser(folder);
        try (ServerProcess server = ServerProcess.start(home)) {
            home.pairDevice(server);
        }
        return home;
    }

    /** A fresh home with a user, a paired device and an empty log. */
    ServerHome newHome() throws IOException {
        return prepared.copy(folder.resolve("home-" + ++homes));
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
