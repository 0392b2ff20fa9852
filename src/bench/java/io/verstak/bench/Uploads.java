package io.verstak.bench;

import io.verstak.bench.limit.HashWriteFsync;
import io.verstak.bench.load.Transfers;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.ProcessMemory;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Rows of uploads. The limit is measured before each single one, so that both see the same disk. */
record Uploads(ServerProcess server, String token, Path file) {
    /** Transfers that no row tells of: meanwhile the JVM compiles what moves the bytes. */
    private static final int WARM_UPS = 5;

    /** Returns the digest of a blob that was uploaded. */
    String measure(Workspace workspace, Plan plan, Report report) throws IOException, InterruptedException {
        Upload upload = next();
        for (int turn = 0; turn < WARM_UPS; turn++) {
            Transfers.bytesPerSecond(List.of(turn == 0 ? upload : next()));
        }
        ProcessMemory memory = server.memory();
        report.peak(memory);
        memory.forgetPeak();

        double[] limits = new double[plan.transfers()];
        double[] rates = new double[plan.transfers()];
        for (int turn = 0; turn < rates.length; turn++) {
            limits[turn] = HashWriteFsync.bytesPerSecond(file, workspace.file("scratch.bin"));
            rates[turn] = Transfers.bytesPerSecond(List.of(next()));
        }
        double limit = Medians.of(limits);
        double ratio = Medians.of(rates) / limit;
        report.add(against(BlobSuite.row("upload, 1 at once", Medians.of(rates)), limit, ratio)
                .wanting("≥ 0.60", ratio >= 0.60));

        long peakOfOne = memory.peakKib();
        Upload[] uploads = new Upload[BlobSuite.MANY];
        for (int number = 0; number < uploads.length; number++) {
            uploads[number] = next();
        }
        double many = Transfers.bytesPerSecond(List.of(uploads));
        double growth = (memory.peakKib() - peakOfOne) / 1024.0 / (BlobSuite.MANY - 1);
        report.add(against(BlobSuite.row("upload, %d at once".formatted(BlobSuite.MANY), many), limit, many / limit)
                .wanting("RSS grows by %s MiB per upload < 1".formatted(Row.fraction(growth)), growth < 1));
        return upload.sha256();
    }

    private Upload next() throws IOException {
        return Upload.multipart(server.address(), token, file);
    }

    private static Row against(Row row, double limit, double ratio) {
        return row.against("hash + write + fsync, MB/s", limit / BlobSuite.MEGABYTE, ratio);
    }
}
