package io.verstak.server.testkit.machine;

import io.verstak.server.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Debian with its own systemd, booted in a container: a machine to install the server on. Each one begins as {@link DebianRoot}
 * has made it, sees the project read-only at {@link #PROJECT}, has a network of its own without a way out, and is gone when it is
 * closed. Takes root and the packages that {@code scripts/test.sh} names.
 *
 * <pre>{@code
 * try (BootedSystem debian = BootedSystem.boot()) {
 *     debian.sh("/project/scripts/install.sh --public-url https://sync.example.org");
 *     Desktop desktop = Desktop.pair(debian.forward(47732), "anna", PASSWORD, "main");
 *     Files.readString(debian.path("/etc/verstak-server/verstak-server.json"));
 * }
 * }</pre>
 */
public final class BootedSystem implements AutoCloseable {
    /** Where the project's folder is inside. */
    public static final String PROJECT = "/project";

    private static final long PATIENCE_SECONDS = 300;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * The layers and nspawn's own folder are mounted where no other process sees them, and go with the container. It ends with
     * 133 when what it runs wants to boot again.
     */
    private static final String BOOT = """
            mkdir -p /run/systemd/nspawn && mount -t tmpfs tmpfs /run/systemd/nspawn && mount -t tmpfs tmpfs "$2" \
            && mkdir "$2/upper" "$2/work" "$2/root" \
            && mount -t overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" overlay "$2/root" || exit
            while :; do
              systemd-nspawn --quiet --directory="$2/root" --machine=booted --register=no --keep-unit --private-network \
                --link-journal=no --resolv-conf=off --bind-ro="$3:%s" --boot </dev/null
              ended=$?
              [ "$ended" = 133 ] || exit "$ended"
            done
            """.formatted(PROJECT);

    private final Path folder;
    private final Process container;
    private final List<Process> forwarders = new ArrayList<>();
    private final Thread closing = new Thread(this::end, "booted-system-end");
    private long init;

    /** How a command ended, and what it printed to both outputs. */
    public record Result(int exit, String out) {}

    private BootedSystem(Path folder, Process container) {
        this.folder = folder;
        this.container = container;
        Runtime.getRuntime().addShutdownHook(closing);
    }

    /** Boots and waits until every unit has started. */
    public static BootedSystem boot() {
        try {
            Path debian = DebianRoot.get();
            Path folder = Files.createTempDirectory("verstak-booted-");
            Process container = new ProcessBuilder(
                            "unshare",
                            "--mount",
                            "--propagation=slave",
                            "bash",
                            "-c",
                            BOOT,
                            "bash",
                            debian.toString(),
                            folder.toString(),
                            Path.of("").toAbsolutePath().toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolveSibling(folder.getFileName() + ".console")
                            .toFile())
                    .start();
            BootedSystem system = new BootedSystem(folder, container);
            system.awaitBoot(0);
            return system;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Restarts it, as a power button would be pressed; everything written stays. Forwarded ports have to be forwarded again. */
    public void reboot() {
        long before = init;
        run("systemctl", "reboot");
        awaitBoot(before);
    }

    private void awaitBoot(long before) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String said = "";
        while (System.nanoTime() < end && container.isAlive()) {
            init = init(before);
            if (init != 0) {
                Result state = run("systemctl", "is-system-running", "--wait");
                said = state.out().strip();
                if (said.equals("running") || said.equals("degraded")) {
                    return;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        String console = console();
        close();
        throw new AssertionError("the system does not boot: " + said + "; " + console);
    }

    /** The process that is the first one inside, another than before; 0: there is none yet. */
    private long init(long before) {
        return container
                .descendants()
                .filter(process -> process.pid() != before)
                .filter(process -> status(process.pid()).matches("(?s).*\\nNSpid:\\t\\d+\\t1\\n.*"))
                .filter(process -> status(process.pid()).startsWith("Name:\tsystemd\n"))
                .findFirst()
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    private static String status(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        } catch (IOException gone) {
            return "";
        }
    }

    /** What the console shows. */
    public String console() {
        try {
            return Files.readString(consoleFile(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path consoleFile() {
        return folder.resolveSibling(folder.getFileName() + ".console");
    }

    /** Runs a script inside, as root, that has to succeed; returns what it printed. */
    public String sh(String script) {
        Result result = result(script);
        if (result.exit() != 0) {
            throw new AssertionError(script + " ended with " + result.exit() + ": " + result.out());
        }
        return result.out();
    }

    /** Runs a script inside, as root, whatever comes of it. */
    public Result result(String script) {
        return run("bash", "-c", script);
    }

    private Result run(String... command) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--target", Long.toString(init)));
        all.addAll(List.of("--mount", "--uts", "--ipc", "--net", "--pid", "--", "env", "-i", "HOME=/root"));
        all.addAll(List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"));
        all.addAll(List.of(command));
        try {
            // To a file: what is started in the background may keep the output open for ever.
            Path out = Files.createTempFile("verstak-booted-", ".out");
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(command) + " does not end: " + Files.readString(out));
            }
            String said = Files.readString(out, StandardCharsets.UTF_8);
            Files.delete(out);
            return new Result(process.exitValue(), said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A file or folder inside, to be read and written from outside. */
    public Path path(String inside) {
        return Path.of("/proc", Long.toString(init), "root").resolve(inside.substring(1));
    }

    /** Listens on a port of this machine that leads to one of the loopback inside; returns it. */
    public int forward(int inside) {
        try {
            int port = FreePort.any();
            Process forwarder = new ProcessBuilder(
                            "systemd-socket-activate",
                            "--listen=127.0.0.1:" + port,
                            "nsenter",
                            "--net=/proc/" + init + "/ns/net",
                            "/lib/systemd/systemd-socket-proxyd",
                            "127.0.0.1:" + inside)
                    .redirectError(ProcessBuilder.Redirect.PIPE)
                    .start();
            forwarders.add(forwarder);
            // "Listening on ... as 3."
            String listening = forwarder.errorReader().readLine();
            if (listening == null || !listening.startsWith("Listening")) {
                throw new AssertionError("no forwarded port: " + listening);
            }
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(closing);
        end();
    }

    /** Also when the tests are interrupted: nobody else would end it. */
    private void end() {
        try {
            for (Process forwarder : forwarders) {
                end(forwarder.toHandle());
            }
            List<ProcessHandle> below = container.descendants().toList();
            end(container.toHandle());
            below.forEach(BootedSystem::end);
            Files.deleteIfExists(folder);
            Files.deleteIfExists(consoleFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
