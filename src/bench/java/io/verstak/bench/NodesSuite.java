package io.verstak.bench;

import io.verstak.bench.NodesLoad.Used;
import io.verstak.bench.server.Devices;
import io.verstak.bench.server.NodeHomes;
import io.verstak.bench.server.PostgresServer;
import io.verstak.bench.server.ProcessorCap;
import io.verstak.bench.server.ServerHome;
import io.verstak.bench.server.ServerProcess;
import io.verstak.bench.server.ServerProgram;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes of ten ops to nodes on a PostgreSQL, against the same server on its embedded database, against a transaction for each push, and
 * to three nodes against one. What is compared takes turns, so that what else the machine does hits both.
 */
final class NodesSuite implements Suite {
    private static final int FEW = 32;
    private static final int NODES = 3;
    private static final int LANES = 2;

    /** For pushes one by one: more at once take longer each. */
    private static final int LANES_UNGROUPED = 16;

    private static final double CAP_CORES = 0.3;

    private final List<String> rows = new ArrayList<>();
    private final List<String> ratios = new ArrayList<>();

    /** A load that takes turns with another one. */
    private interface Load {
        Used run() throws Exception;
    }

    @Override
    public void run(Workspace workspace, Plan plan, Report report) throws Exception {
        ServerHome embedded = workspace.newHome();
        List<byte[]> ofEmbedded = Devices.inVaults(embedded, FEW, plan.vaults());
        try (PostgresServer postgres = PostgresServer.start();
                NodesLoad load = new NodesLoad(postgres, plan, report)) {
            NodeHomes homes = new NodeHomes(workspace.file("nodes"), postgres);
            ServerHome first = homes.newHome(ServerProgram.BUILT, LANES);
            List<byte[]> few = Devices.inVaults(first, FEW, plan.vaults());
            List<byte[]> sharing = Devices.inVaults(first, NODES * FEW, plan.vaults());
            List<byte[]> apart = Devices.inVaults(first, NODES * FEW, NODES * FEW);
            try (ServerProcess node = ServerProcess.start(first)) {
                load.warmUp(node, few);
                againstEmbedded(plan, load, node, few, embedded, ofEmbedded);
                againstUngrouped(plan, load, node, few, homes);
                try (ServerProcess second = ServerProcess.start(homes.newHome(ServerProgram.BUILT, LANES));
                        ServerProcess third = ServerProcess.start(homes.newHome(ServerProgram.BUILT, LANES))) {
                    load.warmUp(second, few);
                    load.warmUp(third, few);
                    List<ServerProcess> nodes = List.of(node, second, third);
                    uncapped(plan, load, nodes, apart, "a vault each");
                    uncapped(plan, load, nodes, sharing, "%s vaults".formatted(plan.vaults()));
                    capped(plan, load, nodes, apart);
                }
            }
        }
        report.detail("""
                | pushes of 10 ops | ops/s | p50 | p99 | CPU of the nodes, µs an op | CPU of PostgreSQL, µs an op | pushes a commit |
                | --- | --- | --- | --- | --- | --- | --- |
                """ + String.join("\n", rows) + "\n");
        report.detail("""
                | figure | ratio | wanted |
                | --- | --- | --- |
                """ + String.join("\n", ratios) + "\n");
    }

    private void againstEmbedded(
            Plan plan,
            NodesLoad load,
            ServerProcess node,
            List<byte[]> tokens,
            ServerHome embedded,
            List<byte[]> tokensOfEmbedded)
            throws Exception {
        try (ServerProcess other = ServerProcess.start(embedded)) {
            load.warmUp(other, tokensOfEmbedded);
            String where = ", 32 connections, %s vaults".formatted(plan.vaults());
            Used[] used = inTurns(
                    plan, () -> load.push(List.of(other), tokensOfEmbedded), () -> load.push(List.of(node), tokens));
            row(load, "SQLite" + where, used[0]);
            row(load, "one node" + where, used[1]);
            least(load, "one node on PostgreSQL against SQLite, ops/s", used, 0.5);
        }
    }

    private void againstUngrouped(Plan plan, NodesLoad load, ServerProcess node, List<byte[]> tokens, NodeHomes homes)
            throws Exception {
        ServerHome home = homes.newHome(ServerProgram.ungrouped(), LANES_UNGROUPED);
        try (ServerProcess other = ServerProcess.start(home)) {
            load.warmUp(other, tokens);
            Used[] used =
                    inTurns(plan, () -> load.push(List.of(other), tokens), () -> load.push(List.of(node), tokens));
            row(load, "one node, a transaction for each push, %s at once".formatted(LANES_UNGROUPED), used[0]);
            row(load, "one node, groups", used[1]);
            least(load, "groups against a transaction for each push, ops/s", used, 4);
        }
    }

    private void uncapped(Plan plan, NodesLoad load, List<ServerProcess> nodes, List<byte[]> tokens, String vaults)
            throws Exception {
        Used[] used = inTurns(plan, () -> load.push(nodes.subList(0, 1), tokens), () -> load.push(nodes, tokens));
        String where = ", 96 connections, " + vaults;
        row(load, "one node" + where, used[0]);
        row(load, "three nodes" + where, used[1]);
        double ratio = used[1].micros() / used[0].micros();
        String name = "CPU of an op, nodes and PostgreSQL, three nodes against one, " + vaults;
        ratio(load, name, ratio, "≤ 1.3", ratio <= 1.3);
    }

    private void capped(Plan plan, NodesLoad load, List<ServerProcess> nodes, List<byte[]> tokens) throws Exception {
        List<ProcessorCap> caps = new ArrayList<>();
        try {
            for (ServerProcess node : nodes) {
                caps.add(ProcessorCap.of(node.pid(), CAP_CORES));
            }
            Used[] used = inTurns(plan, () -> load.push(nodes.subList(0, 1), tokens), () -> load.push(nodes, tokens));
            String where = " of %s core, 96 connections, a vault each".formatted(CAP_CORES);
            row(load, "one node" + where, used[0]);
            row(load, "three nodes" + where, used[1]);
            least(load, "three nodes of 0.3 core against one, ops/s", used, 2);
        } finally {
            for (ProcessorCap cap : caps) {
                cap.close();
            }
        }
    }

    private static Used[] inTurns(Plan plan, Load first, Load second) throws Exception {
        List<Used> ofFirst = new ArrayList<>();
        List<Used> ofSecond = new ArrayList<>();
        for (int turn = 0; turn < plan.turns(); turn++) {
            ofFirst.add(first.run());
            ofSecond.add(second.run());
        }
        return new Used[] {Used.median(ofFirst), Used.median(ofSecond)};
    }

    private void row(NodesLoad load, String name, Used used) {
        rows.add("| "
                + String.join(
                        " | ",
                        name,
                        Row.number(used.perSecond()),
                        Row.number(used.p50Millis()) + " ms",
                        Row.number(used.p99Millis()) + " ms",
                        Row.number(used.nodesMicros()),
                        Row.number(used.postgresMicros()),
                        Row.number(used.pushesPerCommit()))
                + " |");
        load.tell(rows.get(rows.size() - 1));
    }

    private void least(NodesLoad load, String name, Used[] used, double wanted) {
        double ratio = used[1].perSecond() / used[0].perSecond();
        ratio(load, name, ratio, "≥ " + Row.number(wanted), ratio >= wanted);
    }

    private void ratio(NodesLoad load, String name, double ratio, String wanted, boolean reached) {
        ratios.add("| %s | %s | %s: %s |".formatted(name, Row.fraction(ratio), wanted, reached ? "yes" : "**no**"));
        load.tell(ratios.get(ratios.size() - 1));
    }
}
