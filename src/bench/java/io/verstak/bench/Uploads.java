package io.verstak.bench;

import io.verstak.bench.limit.HashWriteFsync;
import io.verstak.bench.load.Transfers;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.ProcessMemory;
import io.verstak.bench.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Rows of uploads. The limit is measured before each single one, so that both see the same disk. */
record Uploads(ServerProcess server, String token, Path file) {
    /** Transfers that no row tells of: meanwhile the JVM compiles what moves the bytes. */
    private static final int WARM_UPS = 5;

    private static final long WANTED_KIB = 1024;

    /** Returns the digest of a blob that was uploaded. */
    String measure(Workspace workspace, Plan plan, Report report) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(file));
        measure("multipart", () -> Upload.multipart(server.address(), token, file), workspace, plan, report);
        measure("PUT", () -> Upload.put(server.address(), token, file, digest), workspace, plan, report);
        Upload last = Upload.multipart(server.address(), token, file);
        Transfers.bytesPerSecond(List.of(last));
        return last.sha256();
    }

    private void measure(String kind, Callable<Upload> next, Workspace workspace, Plan plan, Report report)
            throws Exception {
        for (int turn = 0; turn < WARM_UPS; turn++) {
            Transfers.bytesPerSecond(List.of(next.call()));
        }
        ProcessMemory memory = server.memory();
        report.peak(memory);
        memory.forgetPeak();
        long idle = memory.residentKib();

        double[] limits = new double[plan.transfers()];
        double[] rates = new double[plan.transfers()];
        Meter single = Meter.read(server);
        for (int turn = 0; turn < rates.length; turn++) {
            limits[turn] = HashWriteFsync.bytesPerSecond(file, workspace.file("scratch.bin"));
            rates[turn] = Transfers.bytesPerSecond(List.of(next.call()));
        }
        Meter.Used usedBySingle = single.each((double) rates.length * BlobSuite.FILE_MEGABYTES);
        double limit = Medians.of(limits);
        double ratio = Medians.of(rates) / limit;
        long peakOfOne = memory.peakKib();
        report.add(against(BlobSuite.row("upload by %s, 1 at once".formatted(kind), Medians.of(rates)), limit, ratio)
                .using(usedBySingle)
                .wanting("≥ 0.90", ratio >= 0.90)
                .wanting(growth(peakOfOne - idle, 1), peakOfOne - idle < WANTED_KIB));

        List<Upload> uploads = new ArrayList<>();
        while (uploads.size() < BlobSuite.MANY) {
            uploads.add(next.call());
        }
        Meter together = Meter.read(server);
        double many = Transfers.bytesPerSecond(uploads);
        Meter.Used usedByMany = together.each((double) BlobSuite.MANY * BlobSuite.FILE_MEGABYTES);
        long grown = memory.peakKib() - idle;
        report.add(against(
                        BlobSuite.row("upload by %s, %d at once".formatted(kind, BlobSuite.MANY), many),
                        limit,
                        many / limit)
                .using(usedByMany)
                .wanting(growth(grown, BlobSuite.MANY), grown < WANTED_KIB * BlobSuite.MANY));
    }

    private static String growth(long kib, int uploads) {
        return "RSS grows by %s MiB per upload < 1".formatted(Row.fraction(kib / 1024.0 / uploads));
    }

    private static Row against(Row row, double limit, double ratio) {
        return row.against("hash + write + fsync, MB/s", limit / BlobSuite.MEGABYTE, ratio);
    }
}
