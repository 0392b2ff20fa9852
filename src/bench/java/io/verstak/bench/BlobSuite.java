package io.verstak.bench;

import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Uploads and downloads of 200 MB files, one and sixteen at once. */
final class BlobSuite implements Suite {
    static final int MEGABYTE = 1_000_000;
    static final int FILE_MEGABYTES = 200;
    static final int MANY = 16;

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        Path file = randomFile(workspace.file("blob.bin"), FILE_MEGABYTES);
        ServerHome home = workspace.newHome();
        try (ServerProcess server = ServerProcess.start(home)) {
            String token = home.pairDevice(server);
            String blob = new Uploads(server, token, file).measure(workspace, plan, report);
            new Downloads(server, token, blob, file).measure(workspace, plan, report);
            report.peak(server.memory());
        } finally {
            Workspace.remove(home.folder());
        }
    }

    /** A row of transfers. */
    static Row row(String name, double bytesPerSecond) {
        return Row.of("%s, %d MB".formatted(name, FILE_MEGABYTES), Row.number(bytesPerSecond / MEGABYTE) + " MB/s");
    }

    static Path randomFile(Path file, int megabytes) throws IOException {
        byte[] megabyte = new byte[MEGABYTE];
        Random random = new Random();
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int written = 0; written < megabytes; written++) {
                random.nextBytes(megabyte);
                out.write(megabyte);
            }
        }
        return file;
    }
}
