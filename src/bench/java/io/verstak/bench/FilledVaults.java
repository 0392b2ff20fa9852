package io.verstak.bench;

import io.verstak.bench.load.FillRequests;
import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.Pace;
import io.verstak.bench.load.PullRequests;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A log in two parts, ten large vaults and many small ones. Filled by pushes, so all in it is the server's own. */
final class FilledVaults {
    static final int FEW = 10;
    private static final int CONNECTIONS = 16;
    private static final Pace UNTIL_DONE = Pace.closedLoop(Duration.ZERO, Duration.ofHours(1));

    private final List<byte[]> few;
    private final List<byte[]> many;
    private final int opsPerLarge;
    private final int opsPerSmall;

    private FilledVaults(List<byte[]> few, List<byte[]> many, int opsPerLarge, int opsPerSmall) {
        this.few = few;
        this.many = many;
        this.opsPerLarge = opsPerLarge;
        this.opsPerSmall = opsPerSmall;
    }

    /** The short log: ten vaults of a hundred pages, and many of one page each. To be called while no server runs. */
    static FilledVaults shortLog(ServerHome home, int manyVaults) throws SQLException {
        return plan(home, manyVaults, 100 * FillRequests.BATCH, FillRequests.BATCH);
    }

    /** The long log: half of the ops in ten vaults, half in many. To be called while no server runs. */
    static FilledVaults longLog(ServerHome home, int manyVaults, long ops) throws SQLException {
        return plan(home, manyVaults, wholePages(ops / 2 / FEW), wholePages(ops / 2 / manyVaults));
    }

    private static FilledVaults plan(ServerHome home, int manyVaults, int opsPerLarge, int opsPerSmall)
            throws SQLException {
        return new FilledVaults(
                Devices.inVaults(home, FEW, FEW),
                Devices.inVaults(home, manyVaults, manyVaults),
                opsPerLarge,
                opsPerSmall);
    }

    private static int wholePages(long ops) {
        return (int) Math.max(1, ops / FillRequests.BATCH) * FillRequests.BATCH;
    }

    void fill(ServerProcess server, Report report) throws IOException {
        report.checked(
                "fill", LoadClient.run(server.address(), CONNECTIONS, new FillRequests(few, opsPerLarge), UNTIL_DONE));
        report.checked(
                "fill", LoadClient.run(server.address(), CONNECTIONS, new FillRequests(many, opsPerSmall), UNTIL_DONE));
    }

    int opsPerLarge() {
        return opsPerLarge;
    }

    int opsPerSmall() {
        return opsPerSmall;
    }

    PullRequests pullsOfFew(int connections) {
        return new PullRequests(few, opsPerLarge, connections);
    }

    PullRequests pullsOfMany(int connections) {
        return new PullRequests(many, opsPerSmall, connections);
    }
}
