package io.verstak.server.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged jar as a process of its own, started with the flags that everybody starts it with. */
public final class PackagedServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on http://[^ ]+:(\\d+) with");
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int PATIENCE_SECONDS = 180;

    private List<String> wrapper;
    private final int listenOn;
    private final Path data;
    private final List<String> arguments;
    private final String input;
    private final boolean read;
    private volatile Running running;

    /** @param lines grows with each request: it must cost the same to add one more, or the server would wait for who reads it */
    private record Running(Process process, CompletableFuture<Integer> port, Queue<String> lines) {}

    private PackagedServer(
            List<String> wrapper, int listenOn, String input, Path data, List<String> arguments, boolean read) {
        this.read = read;
        this.listenOn = listenOn;
        this.wrapper = wrapper;
        this.data = data;
        this.arguments = arguments;
        this.input = input;
        this.running = launch();
    }

    /** Starts the server and waits until it is ready. */
    public static PackagedServer start(Path data, String... arguments) {
        return startWithInput("", data, arguments);
    }

    /** As {@link #start}, on a port that stays. */
    public static PackagedServer startAt(int port, Path data, String... arguments) {
        PackagedServer server = new PackagedServer(List.of(), port, "", data, List.of(arguments), true);
        server.awaitReady();
        return server;
    }

    /** As {@link #start}, with something on the process's standard input. */
    public static PackagedServer startWithInput(String input, Path data, String... arguments) {
        return startWithin(List.of(), input, data, arguments);
    }

    /** As {@link #startWithInput}, run by another command, which may limit it, trace it, or set its environment. */
    public static PackagedServer startWithin(List<String> wrapper, String input, Path data, String... arguments) {
        PackagedServer server = new PackagedServer(wrapper, 0, input, data, List.of(arguments), true);
        server.awaitReady();
        return server;
    }

    /** As {@link #start}, but what it prints once it listens stays in the pipe, which fills up. */
    public static PackagedServer startUnread(List<String> wrapper, Path data, String... arguments) {
        PackagedServer server = new PackagedServer(wrapper, 0, "", data, List.of(arguments), false);
        server.awaitReady();
        return server;
    }

    private Running launch() {
        List<String> all = new ArrayList<>(List.of("--data", data.toString(), "--listen", "127.0.0.1:" + listenOn));
        all.addAll(arguments);
        try {
            Process process = command(wrapper, all).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            Running fresh = new Running(process, new CompletableFuture<>(), new ConcurrentLinkedQueue<>());
            new Thread(() -> watch(fresh), "server-output").start();
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder command(List<String> wrapper, List<String> arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@conf/jvm.options",
                "-jar",
                "target/verstak-server.jar"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    private void watch(Running running) {
        try (BufferedReader lines = running.process().inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                running.lines().add(line);
                Matcher listening = LISTENING.matcher(line);
                if (listening.find()) {
                    running.port().complete(Integer.parseInt(listening.group(1)));
                    if (!read) {
                        running.process().onExit().join();
                        return;
                    }
                }
            }
        } catch (IOException killed) {
            running.lines().add(killed.toString());
        }
        running.port().completeExceptionally(new AssertionError("the server ended: " + running.lines()));
    }

    private void awaitReady() {
        try {
            int port =
                    running.port().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
            Answer ready = Http.once(port, Request.get("/readyz"));
            if (ready.status() != 200) {
                throw new AssertionError("listening, but not ready: " + ready);
            }
        } catch (IOException | CompletionException | AssertionError failure) {
            kill();
            throw new AssertionError("not ready: " + running.lines(), failure);
        }
    }

    /** Changes with each restart; waits while the server starts. While it is down, the port on which it was. */
    public int port() {
        return running.port().join();
    }

    /** What the process has printed since it was started. */
    public List<String> lines() {
        return List.copyOf(running.lines());
    }

    /** Waits until it has printed a line with these words. */
    public void awaitLine(String words) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (lines().stream().noneMatch(line -> line.contains(words))) {
            if (System.nanoTime() > end) {
                throw new AssertionError("no \"%s\" in %s".formatted(words, lines()));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Makes a user with the server's own command. */
    public void addUser(String name, String password) {
        Result result =
                run(password + "\n", "admin", "create-user", name, name + "@example.org", "--data", data.toString());
        if (result.exit() != 0) {
            throw new AssertionError("create-user: " + result);
        }
    }

    /** How a command ended and what it printed. */
    public record Result(int exit, String out, String err) {}

    /** Starts a command of the packaged server, whose output nobody reads. */
    public static Process begin(String... arguments) {
        try {
            return command(List.of(), List.of(arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command of the packaged server to its end. */
    public static Result run(String stdin, String... arguments) {
        try {
            Process process = command(List.of(), List.of(arguments)).start();
            process.getOutputStream().write(stdin.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.errorReader()));
            String out = text(process.inputReader());
            awaitEnd(process);
            return new Result(process.exitValue(), out, err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(BufferedReader reader) {
        return String.join("\n", reader.lines().toList());
    }

    /** Ends the process as a crash would (SIGKILL); nothing of it runs when this returns. */
    public void kill() {
        List<ProcessHandle> below = running.process().descendants().toList();
        below.forEach(ProcessHandle::destroyForcibly);
        running.process().destroyForcibly();
        awaitEnd(running.process());
        below.forEach(PackagedServer::awaitEnd);
    }

    /** Nobody may fetch the end of a process whose parent was killed: it is over when it has no thread but the first, a zombie. */
    private static void awaitEnd(ProcessHandle orphan) {
        Path process = Path.of("/proc", Long.toString(orphan.pid()));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (orphan.isAlive() && !isZombie(process)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("a process does not end: " + orphan.info());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static boolean isZombie(Path process) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            String state = Files.readString(process.resolve("stat"));
            return state.startsWith(") Z", state.lastIndexOf(')')) && threads.count() == 1;
        } catch (IOException gone) {
            return true;
        }
    }

    /** Asks the process to end (SIGTERM) and waits; returns its exit code. */
    public int terminate() {
        running.process().destroy();
        awaitEnd(running.process());
        return running.process().exitValue();
    }

    /** Waits for the process to end by itself; returns its exit code. */
    public int awaitExit() {
        awaitEnd(running.process());
        return running.process().exitValue();
    }

    /** The process's id; of what runs it, where something does. */
    public long pid() {
        return running.process().pid();
    }

    /** Whether the process has not ended. */
    public boolean isAlive() {
        return running.process().isAlive();
    }

    /** Starts again on the same data, run by another command than before; waits for nothing: it may fail to start. */
    public void launchWithin(List<String> newWrapper) {
        wrapper = newWrapper;
        running = launch();
    }

    /** As {@link #launchWithin}, and waits until the server is ready. */
    public void restartWithin(List<String> newWrapper) {
        launchWithin(newWrapper);
        awaitReady();
    }

    /** Starts again on the same data and waits until it is ready. */
    public void restart() {
        running = launch();
        awaitReady();
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the process does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
