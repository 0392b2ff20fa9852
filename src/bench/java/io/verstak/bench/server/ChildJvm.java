package io.verstak.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM with the server's own flags ({@code conf/jvm.options}). It never outlives this one. Its output goes to a
 * file.
 */
public final class ChildJvm implements AutoCloseable {
    private static final Duration COMMAND_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final Thread killer;

    private ChildJvm(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.killer = new Thread(process::destroyForcibly, "kill-child");
    }

    /** Starts {@code java @conf/jvm.options arguments…}, with the input file as its standard input. */
    public static ChildJvm start(Path log, Path input, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@conf/jvm.options");
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
                .start();
        ChildJvm child = new ChildJvm(process, log);
        Runtime.getRuntime().addShutdownHook(child.killer);
        return child;
    }

    public ProcessMemory memory() {
        return new ProcessMemory(process.pid());
    }

    public ProcessTime time() {
        return new ProcessTime(process.pid());
    }

    public ProcessWrites writes() {
        return new ProcessWrites(process.pid());
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** All that it has said so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a child that ends by itself; one that fails, or does not end, is an error here too. */
    public void awaitSuccess() throws IOException, InterruptedException {
        if (!process.waitFor(COMMAND_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IOException("a command did not end within " + COMMAND_PATIENCE + ": " + output());
        }
        if (process.exitValue() != 0) {
            throw new IOException("exit code " + process.exitValue() + ": " + output());
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
