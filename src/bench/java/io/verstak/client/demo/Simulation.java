package io.verstak.client.demo;

import io.verstak.client.PairedDevice;
import io.verstak.client.RefusedException;
import io.verstak.client.SyncServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Several devices that edit one vault at once, each in its own thread. Used by one thread. */
public final class Simulation implements AutoCloseable {
    private static final List<String> NAMES = List.of(
            "Anna's laptop", "Boris's tower", "Clara's tablet", "Dmitri's phone", "Elena's laptop", "Felix's tower");
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private final SyncServer server;
    private final Path folder;
    private final List<SimulatedDevice> players = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Simulation(SyncServer server, Path folder) {
        this.server = server;
        this.folder = folder;
    }

    /**
     * Pairs the devices.
     *
     * @param activity the average time between two changes of a device
     */
    public static Simulation pair(
            SyncServer server, String login, String password, String vault, int devices, Duration activity)
            throws IOException {
        Simulation team = new Simulation(server, Files.createTempDirectory("verstak-demo"));
        try {
            for (int number = 0; number < devices; number++) {
                String name = NAMES.get(number % NAMES.size()) + (number < NAMES.size() ? "" : " " + (number + 1));
                PairedDevice device = server.pair(login, password, name, vault);
                Path files = Files.createDirectory(team.folder.resolve(device.deviceId()));
                team.players.add(new SimulatedDevice(server, device, name, files, new Random(number), activity));
            }
            return team;
        } catch (IOException e) {
            team.close();
            throw e;
        }
    }

    /**
     * Runs all devices for a while, then syncs until none has changes left.
     *
     * @param watcher shown the progress several times a second
     * @return whether all devices have the same state at the end
     */
    public boolean play(Duration time, Consumer<List<DeviceStats>> watcher) throws IOException, InterruptedException {
        for (SimulatedDevice player : players) {
            Thread thread = new Thread(() -> player.play(time), player.name());
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                thread.join(LOOK_EVERY.toMillis());
                watcher.accept(standings());
            }
        }
        for (SimulatedDevice player : players) {
            player.rethrow();
            player.sayTheRest();
        }
        for (SimulatedDevice player : players) {
            player.catchUp();
        }
        watcher.accept(standings());
        return players.stream().map(SimulatedDevice::entities).distinct().count() == 1;
    }

    public List<DeviceStats> standings() {
        return players.stream().map(SimulatedDevice::standing).toList();
    }

    /** Returns the payload of each entity by type and id, as the first device has it. */
    public SortedMap<String, String> entities() {
        return players.get(0).entities();
    }

    private void revoke(SimulatedDevice player) throws IOException {
        try {
            server.revoke(player.device());
        } catch (RefusedException gone) {
            // Another device was faster, on the pages for instance.
        }
    }

    /** Revokes the devices and removes their files. */
    @Override
    public void close() throws IOException {
        threads.forEach(Thread::interrupt);
        for (SimulatedDevice player : players) {
            revoke(player);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
