package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.client.Replica;
import io.verstak.client.SyncServer;
import io.verstak.client.demo.DeviceStats;
import io.verstak.client.demo.Simulation;
import io.verstak.server.testkit.PackagedServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sixteen devices of the client kit edit one vault of a packaged server for half a minute: {@code -Dteam.seconds} for more. */
class TeamIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final int DEVICES = 16;
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("team.seconds", 30));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    @Timeout(600)
    void sixteen_devices_edit_one_vault_and_all_end_equal_a_newcomer_too(TestReporter reporter) throws Exception {
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("anna", PASSWORD);
            SyncServer client = new SyncServer(() -> URI.create("http://127.0.0.1:" + server.port()));
            try (Simulation team = Simulation.pair(client, "anna", PASSWORD, "v", DEVICES, Duration.ofMillis(500))) {
                boolean same = team.play(TIME, standings -> {});

                List<DeviceStats> standings = team.standings();
                long made = standings.stream().mapToLong(DeviceStats::made).sum();
                reporter.publishEntry(
                        "sixteen devices",
                        "%d changes, %d conflicts, %d files"
                                .formatted(
                                        made,
                                        standings.stream()
                                                .mapToLong(DeviceStats::conflicts)
                                                .sum(),
                                        standings.stream()
                                                .mapToLong(DeviceStats::files)
                                                .sum()));
                assertThat(same).as(standings.toString()).isTrue();
                assertThat(standings)
                        .hasSize(DEVICES)
                        .allSatisfy(device -> assertThat(device.made()).isPositive())
                        .allSatisfy(device -> assertThat(device.applied()).isEqualTo(made));
                Replica newcomer = new Replica(client, client.pair("anna", PASSWORD, "newcomer", "v"));
                assertThat(newcomer.pull(Duration.ZERO)).hasSize((int) made);
                assertThat(newcomer.entities()).isEqualTo(team.entities());
            }
        }
    }
}
