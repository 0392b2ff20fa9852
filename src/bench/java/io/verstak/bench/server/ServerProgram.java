package io.verstak.bench.server;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A packaged server. Its flags follow those of {@code conf/jvm.options}, so that they win over them.
 *
 * @param flags of the JVM that serves; commands run without them
 */
public record ServerProgram(Path jar, List<String> flags) {
    /** What the build of this tree makes. Its class archive is the one that {@code conf/jvm.options} names. */
    public static final ServerProgram BUILT = new ServerProgram(Path.of("target/verstak-server.jar"), List.of());

    /** What the build of this tree makes, with the places of inlined methods known to a profiler. */
    public static ServerProgram profiled() {
        return new ServerProgram(BUILT.jar, List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints"));
    }

    /** What the build of this tree makes, which commits each push in a transaction of its own. */
    public static ServerProgram ungrouped() {
        return new ServerProgram(BUILT.jar, List.of("-Dverstak.commit.groupEntries=1"));
    }

    /** A jar whose server keeps the classes that it has read, in a file that it writes when it stops. */
    public static ServerProgram archiving(Path jar, Path archive) {
        // The archive of the JDK itself takes the place of the one in the options: no start reads and writes one.
        Path base = Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");
        return new ServerProgram(
                jar,
                List.of(
                        "-XX:SharedArchiveFile=" + base,
                        "-XX:ArchiveClassesAtExit=" + archive.toAbsolutePath(),
                        "-XX:ErrorFile=" + archive.toAbsolutePath() + ".log"));
    }

    /** A jar whose server starts with such a file. */
    public static ServerProgram archived(Path jar, Path archive) {
        // A compiler's thread that ends takes what it took with it: ProcessTime could not leave it out.
        return new ServerProgram(
                jar,
                List.of("-XX:SharedArchiveFile=" + archive.toAbsolutePath(), "-XX:-UseDynamicNumberOfCompilerThreads"));
    }

    List<String> serve(List<String> options) {
        return Stream.of(flags, command(options)).flatMap(List::stream).toList();
    }

    List<String> command(List<String> words) {
        return Stream.concat(Stream.of("-jar", jar.toAbsolutePath().toString()), words.stream())
                .toList();
    }
}
