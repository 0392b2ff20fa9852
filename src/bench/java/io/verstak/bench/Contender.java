package io.verstak.bench;

import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.load.Requests;
import io.verstak.bench.load.Transfers;
import io.verstak.bench.load.Upload;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One of the two servers of a comparison, with devices and vaults of its own, and its meters read around each load. */
final class Contender implements AutoCloseable {
    static final int FEW = 32;
    static final int MANY = 256;

    private final ServerHome home;
    private final ServerProcess server;
    private final List<byte[]> devices;
    private final FilledVaults vaults;
    private final FilledVaults longLog;
    private final Report report;

    /** Makes one transfer's request, outside of the time that is measured. */
    interface NewUpload {
        Upload of(ServerProcess server, String token) throws Exception;
    }

    private Contender(
            ServerHome home,
            ServerProcess server,
            List<byte[]> devices,
            FilledVaults vaults,
            FilledVaults longLog,
            Report report) {
        this.home = home;
        this.server = server;
        this.devices = devices;
        this.vaults = vaults;
        this.longLog = longLog;
        this.report = report;
    }

    static Contender start(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome home = workspace.newHome();
        List<byte[]> devices = Devices.inVaults(home, MANY, plan.vaults());
        FilledVaults vaults = FilledVaults.shortLog(home, plan.manyVaults());
        FilledVaults longLog =
                plan.filledOps() > 0 ? FilledVaults.longLog(home, plan.manyVaults(), plan.filledOps()) : vaults;
        return new Contender(home, ServerProcess.start(home), devices, vaults, longLog, report);
    }

    /** Pushes; a row counts ops, not pushes. */
    Cost push(int ops, int connections, Pace pace) throws IOException {
        return run("push", connections, new PushRequests(ops, devices), ops, pace);
    }

    void fill() throws IOException {
        vaults.fill(server, report);
    }

    void fillLongLog() throws IOException {
        longLog.fill(server, report);
    }

    Cost pullOfFew(Pace pace) throws IOException {
        return run("pull", FEW, vaults.pullsOfFew(FEW), 1, pace);
    }

    Cost pullOfMany(Pace pace) throws IOException {
        return run("pull", FEW, vaults.pullsOfMany(FEW), 1, pace);
    }

    Cost pullOfLongFew(Pace pace) throws IOException {
        return run("pull", FEW, longLog.pullsOfFew(FEW), 1, pace);
    }

    Cost pullOfLongMany(Pace pace) throws IOException {
        return run("pull", FEW, longLog.pullsOfMany(FEW), 1, pace);
    }

    Cost run(String name, int connections, Requests requests, int perRequest, Pace pace) throws IOException {
        Meter meter = Meter.read(server);
        LoadResult result = report.checked(name, LoadClient.run(server.address(), connections, requests, pace));
        double operations = (double) result.allAnswers() * perRequest;
        Meter.Used used = meter.each(operations);
        return new Cost(
                result.perSecond() * perRequest,
                result.p99Millis(),
                used.processorMicros(),
                used.writtenBytes(),
                operations);
    }

    /** Sixteen uploads, so many at once; a row counts megabytes. What was uploaded is deleted behind the server's back: only room matters. */
    Cost upload(NewUpload next, int atOnce, int megabytes) throws Exception {
        String token = new String(devices.get(0), StandardCharsets.US_ASCII);
        List<Upload> uploads = new ArrayList<>();
        for (int number = 0; number < BlobSuite.MANY; number++) {
            uploads.add(next.of(server, token));
        }
        double operations = (double) BlobSuite.MANY * megabytes;
        Meter meter = Meter.read(server);
        long start = System.nanoTime();
        for (int sent = 0; sent < BlobSuite.MANY; sent += atOnce) {
            Transfers.bytesPerSecond(uploads.subList(sent, sent + atOnce));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Meter.Used used = meter.each(operations);
        home.deleteBlobFiles();
        return new Cost(operations / seconds, Double.NaN, used.processorMicros(), used.writtenBytes(), operations);
    }

    /** The server's process. */
    long pid() {
        return server.pid();
    }

    /** Processor time that the server has taken since its start. */
    double processorSeconds() throws IOException {
        return server.time().nanos() / 1e9;
    }

    /** The highest that the server's memory has been. */
    double peakMebibytes() throws IOException {
        return server.memory().peakKib() / 1024.0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        Workspace.remove(home.folder());
    }
}
