package io.verstak.bench;

import io.verstak.bench.load.LoadClient;
import io.verstak.bench.load.LoadResult;
import io.verstak.bench.load.PushRequests;
import io.verstak.bench.server.PostgresServer;
import io.verstak.bench.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Pushes of ten ops to some nodes at once, and what they and their PostgreSQL used for them. */
final class NodesLoad implements AutoCloseable {
    static final int OPS = 10;

    private static final double WARM_UP_SECONDS = 8;
    private static final int MOST_WARM_UPS = 30;

    private final PostgresServer postgres;
    private final Plan plan;
    private final Report report;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * What a load took.
     *
     * @param perSecond ops a second
     * @param p99Millis of a push
     * @param nodesMicros processor time of all nodes for an op, without the JVMs' compilers
     * @param postgresMicros processor time of PostgreSQL for an op
     * @param pushesPerCommit roughly: PostgreSQL counts the commits a second late
     */
    record Used(
            double perSecond,
            double p50Millis,
            double p99Millis,
            double nodesMicros,
            double postgresMicros,
            double pushesPerCommit) {

        /** Each figure's median. */
        static Used median(List<Used> all) {
            return new Used(
                    median(all, Used::perSecond),
                    median(all, Used::p50Millis),
                    median(all, Used::p99Millis),
                    median(all, Used::nodesMicros),
                    median(all, Used::postgresMicros),
                    median(all, Used::pushesPerCommit));
        }

        private static double median(List<Used> all, ToDoubleFunction<Used> figure) {
            return Medians.of(all.stream().mapToDouble(figure).toArray());
        }

        double micros() {
            return nodesMicros + postgresMicros;
        }
    }

    NodesLoad(PostgresServer postgres, Plan plan, Report report) {
        this.postgres = postgres;
        this.plan = plan;
        this.report = report;
    }

    /** Until the JVM of a node has compiled what is measured. */
    void warmUp(ServerProcess node, List<byte[]> tokens) throws Exception {
        double until = node.time().nanos() / 1e9 + WARM_UP_SECONDS;
        for (int turn = 0; turn < MOST_WARM_UPS && node.time().nanos() / 1e9 < until; turn++) {
            push(List.of(node), tokens);
        }
    }

    /** Shows at once what will be printed at the end. */
    void tell(String line) {
        report.tell(line);
    }

    /** Pushes over a connection for each token, as many to each node. */
    Used push(List<ServerProcess> nodes, List<byte[]> tokens) throws Exception {
        long database = postgres.processorNanos();
        long commits = postgres.commits();
        long servers = processorNanos(nodes);
        List<LoadResult> results = results(nodes, tokens);
        double pushes = results.stream().mapToLong(LoadResult::allAnswers).sum();
        double nanosPerOp = 1e3 * pushes * OPS;
        Histogram latencies = results.get(0).latencies().copy();
        results.stream().skip(1).forEach(result -> latencies.add(result.latencies()));
        return new Used(
                results.stream().mapToDouble(LoadResult::perSecond).sum() * OPS,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                (processorNanos(nodes) - servers) / nanosPerOp,
                (postgres.processorNanos() - database) / nanosPerOp,
                pushes / Math.max(1, postgres.commits() - commits));
    }

    private List<LoadResult> results(List<ServerProcess> nodes, List<byte[]> tokens) throws Exception {
        int each = tokens.size() / nodes.size();
        List<Future<LoadResult>> running = new ArrayList<>();
        for (int number = 0; number < nodes.size(); number++) {
            ServerProcess node = nodes.get(number);
            PushRequests requests = new PushRequests(OPS, tokens.subList(number * each, (number + 1) * each));
            running.add(threads.submit(() -> LoadClient.run(node.address(), each, requests, plan.pace())));
        }
        List<LoadResult> results = new ArrayList<>();
        for (Future<LoadResult> one : running) {
            try {
                results.add(report.checked("pushes to " + nodes.size() + " nodes", one.get()));
            } catch (ExecutionException failure) {
                throw new IOException("a load has ended early", failure);
            }
        }
        return results;
    }

    private static long processorNanos(List<ServerProcess> nodes) throws IOException {
        long nanos = 0;
        for (ServerProcess node : nodes) {
            nanos += node.time().nanosWithoutCompilers();
        }
        return nanos;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
