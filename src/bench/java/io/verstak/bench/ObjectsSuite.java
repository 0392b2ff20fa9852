package io.verstak.bench;

import io.verstak.bench.load.Download;
import io.verstak.bench.load.Transfers;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.ProcessMemory;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import io.verstak.server.testkit.TestS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Uploads and downloads of 200 MB files through a bucket, in turn with a server that keeps them in a folder. */
final class ObjectsSuite implements Suite {
    private static final int WARM_UPS = 3;
    private static final double WANTED = 0.6;
    private static final long WANTED_KIB = 1024;

    private record Side(ServerProcess server, String token) {}

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        Path file = BlobSuite.randomFile(workspace.file("objects.bin"), BlobSuite.FILE_MEGABYTES);
        ServerHome folder = workspace.newHome();
        ServerHome bucket = workspace.newHome().inBucket(TestS3.newPrefix());
        try (ServerProcess onFolder = ServerProcess.start(folder);
                ServerProcess onBucket = ServerProcess.start(bucket)) {
            Side disk = new Side(onFolder, folder.pairDevice(onFolder));
            Side objects = new Side(onBucket, bucket.pairDevice(onBucket));
            for (int many : new int[] {1, BlobSuite.MANY / 2}) {
                report.add(uploads(disk, objects, file, plan.transfers(), many));
            }
            for (int many : new int[] {1, BlobSuite.MANY / 2}) {
                report.add(downloads(disk, objects, file, plan.transfers(), many));
            }
        } finally {
            Workspace.remove(folder.folder());
            Workspace.remove(bucket.folder());
        }
    }

    private static Row uploads(Side disk, Side objects, Path file, int turns, int many) throws Exception {
        for (int turn = 0; turn < WARM_UPS; turn++) {
            upload(disk, file, 1);
            upload(objects, file, 1);
        }
        ProcessMemory memory = objects.server().memory();
        memory.forgetPeak();
        long idle = memory.residentKib();
        double[] limits = new double[turns];
        double[] rates = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            limits[turn] = upload(disk, file, many);
            rates[turn] = upload(objects, file, many);
        }
        return row("upload to a bucket", rates, limits, many, memory.peakKib() - idle);
    }

    private static double upload(Side side, Path file, int many) throws Exception {
        List<Upload> uploads = new ArrayList<>();
        while (uploads.size() < many) {
            uploads.add(Upload.multipart(side.server().address(), side.token(), file));
        }
        return Transfers.bytesPerSecond(uploads);
    }

    private static Row downloads(Side disk, Side objects, Path file, int turns, int many) throws Exception {
        Download ofDisk = download(disk, file);
        Download ofObjects = download(objects, file);
        ProcessMemory memory = objects.server().memory();
        memory.forgetPeak();
        long idle = memory.residentKib();
        double[] limits = new double[turns];
        double[] rates = new double[turns];
        for (int turn = 0; turn < turns; turn++) {
            limits[turn] = Transfers.bytesPerSecond(Collections.nCopies(many, ofDisk));
            rates[turn] = Transfers.bytesPerSecond(Collections.nCopies(many, ofObjects));
        }
        return row("download from a bucket", rates, limits, many, memory.peakKib() - idle);
    }

    private static Download download(Side side, Path file) throws Exception {
        Upload last = Upload.multipart(side.server().address(), side.token(), file);
        Transfers.bytesPerSecond(List.of(last));
        return new Download(
                side.server().address(),
                "/api/v1/blobs/" + last.sha256(),
                side.token(),
                Files.size(file) + Upload.EXTRA_BYTES);
    }

    private static Row row(String name, double[] rates, double[] limits, int many, long grownKib) {
        double ratio = Medians.of(rates) / Medians.of(limits);
        return BlobSuite.row("%s, %s at once".formatted(name, many), Medians.of(rates))
                .against("folder, MB/s", Medians.of(limits) / BlobSuite.MEGABYTE, ratio)
                .wanting("≥ 0.60", ratio >= WANTED)
                .wanting(
                        "RSS grows by %s MiB each < 1".formatted(Row.fraction(grownKib / 1024.0 / many)),
                        grownKib < WANTED_KIB * many);
    }
}
