package io.verstak.bench;

import io.verstak.bench.limit.PlainServer;
import io.verstak.bench.load.Download;
import io.verstak.bench.load.Transfers;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;

/** Rows of downloads of one blob, in turn with the same file from a bare {@code sendFile}. */
record Downloads(ServerProcess server, String token, String sha256, Path file) {

    void measure(Workspace workspace, Plan plan, Report report) throws IOException, InterruptedException {
        Path page = Files.write(workspace.file("page.json"), new byte[] {'{', '}'});
        try (PlainServer plain = PlainServer.start(workspace.file("plain.log"), page, file)) {
            for (int connections : new int[] {1, BlobSuite.MANY}) {
                report.add(row(plain, plan, connections));
            }
        }
    }

    private Row row(PlainServer plain, Plan plan, int connections) throws IOException, InterruptedException {
        long size = Files.size(file);
        Download bare = new Download(plain.address(), "/", token, size);
        Download real = new Download(server.address(), "/api/v1/blobs/" + sha256, token, size + Upload.EXTRA_BYTES);
        double[] limits = new double[plan.transfers()];
        double[] rates = new double[plan.transfers()];
        Meter meter = Meter.read(server);
        for (int turn = 0; turn < rates.length; turn++) {
            limits[turn] = Transfers.bytesPerSecond(Collections.nCopies(connections, bare));
            rates[turn] = Transfers.bytesPerSecond(Collections.nCopies(connections, real));
        }
        Meter.Used used = meter.each((double) rates.length * connections * BlobSuite.FILE_MEGABYTES);
        double ratio = Medians.of(rates) / Medians.of(limits);
        return BlobSuite.row("download, %d at once".formatted(connections), Medians.of(rates))
                .using(used)
                .against("bare sendFile, MB/s", Medians.of(limits) / BlobSuite.MEGABYTE, ratio)
                .wanting("≥ 0.80", ratio >= 0.80);
    }
}
