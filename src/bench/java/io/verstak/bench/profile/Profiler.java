package io.verstak.bench.profile;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Async-profiler in another JVM. Its native library comes with its jar. */
public final class Profiler {
    /** What a sample counts. */
    public enum Event {
        /** Processor time of each thread, by timers of its own: no rights on the machine's counters are needed. */
        CPU("event=ctimer,interval=250us"),
        /** Bytes of new objects, a sample for each 128 KiB. */
        ALLOC("event=alloc,alloc=128k");

        private final String options;

        Event(String options) {
            this.options = options;
        }
    }

    private final long pid;
    private final Path library;

    private Profiler(long pid, Path library) {
        this.pid = pid;
        this.library = library;
    }

    /**
     * Unpacks the library into a folder.
     *
     * @throws IOException also on a platform that the jar has no library for
     */
    public static Profiler of(long pid, Path folder) throws IOException {
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
        String name = "/linux-" + arch + "/libasyncProfiler.so";
        Path library = folder.resolve("libasyncProfiler.so").toAbsolutePath();
        try (InputStream packed = Profiler.class.getResourceAsStream(name)) {
            if (packed == null
                    || !System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
                throw new IOException("async-profiler has no library for this machine");
            }
            Files.write(library, packed.readAllBytes());
        }
        return new Profiler(pid, library);
    }

    /** Begins to take samples. */
    public void start(Event event) throws IOException {
        load("start,threads," + event.options);
    }

    /**
     * Ends the samples and returns them.
     *
     * @param name of two files in the library's folder: the samples as text, and as a page with a flame graph
     */
    public Samples stop(String name) throws IOException {
        Path stacks = library.resolveSibling(name + ".txt");
        load("dump,flamegraph,total,threads,file=" + library.resolveSibling(name + ".html"));
        load("stop,collapsed,total,threads,file=" + stacks);
        return Samples.read(stacks);
    }

    private void load(String options) throws IOException {
        try {
            VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
            try {
                jvm.loadAgentPath(library.toString(), options);
            } finally {
                jvm.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IOException("the profiler cannot be loaded into the server", e);
        }
    }
}
