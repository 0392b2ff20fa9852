package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** nginx before the nodes: the site of {@code conf/nginx.conf} with the upstream of {@code operations.md}, but without TLS. */
final class Front implements AutoCloseable {
    private static final Pattern UPSTREAM = Pattern.compile("(?s)upstream verstak \\{.*?\n *}\n");
    private static final Pattern SERVER = Pattern.compile("server [0-9.]+:47732( [^;]*);\n");
    private static final int PATIENCE_SECONDS = 60;

    private final Path folder;
    private final List<Integer> nodes;
    private final int port;
    private @Nullable Process process;

    /** @param nodes their ports */
    Front(Path folder, List<Integer> nodes) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.nodes = List.copyOf(nodes);
        this.port = FreePort.any();
    }

    int port() {
        return port;
    }

    /**
     * Starts it, or kills and starts it.
     *
     * @param sticky whether a device stays with one node while that lives, as documented; else each request goes to the next one
     */
    void start(boolean sticky) {
        close();
        try {
            Files.writeString(folder.resolve("site.conf"), site(sticky));
            Path config = Files.writeString(folder.resolve("nginx.conf"), """
                    %s
                    daemon off;
                    pid nginx.pid;
                    error_log stderr warn;
                    events { worker_connections 4096; }
                    http {
                        access_log off;
                        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                        include site.conf;
                    }
                    """.formatted(
                            "root".equals(System.getProperty("user.name")) ? "user root;" : ""));
            process = new ProcessBuilder("nginx", "-p", folder.toString(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log").toFile()))
                    .start();
            awaitListening();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String site(boolean sticky) throws IOException {
        String documented = Files.readString(Path.of("src/docs/operations.md"));
        String upstream = first(UPSTREAM, documented).replaceAll("(?m)^ {7}", "");
        String server = first(SERVER, upstream);
        String servers = nodes.stream()
                .map(node -> server.replaceFirst("[0-9.]+:47732", "127.0.0.1:" + node))
                .collect(Collectors.joining());
        upstream = upstream.replaceAll("(?m)^ *server .*\n", "").replace("keepalive 32;", servers + "keepalive 32;");
        if (!sticky) {
            upstream = upstream.replaceAll("hash .*;", "");
        }
        String site = Files.readString(Path.of("conf/nginx.conf"));
        String secure = site.substring(site.lastIndexOf("\nserver {"));
        return upstream
                + secure.replaceAll("(?m)^ *(ssl_|listen ).*\n", "")
                        .replace("server_name sync.example.org;", "server_name _; listen 127.0.0.1:" + port + ";")
                        .replace("proxy_pass http://verstak;", "proxy_pass http://verstak; proxy_connect_timeout 1s;");
    }

    private static String first(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return found.group();
    }

    private void awaitListening() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                Http.once(port, Request.get("/livez"));
                return;
            } catch (IOException notYet) {
                if (process == null || !process.isAlive() || System.nanoTime() > end) {
                    throw new AssertionError(
                            "nginx does not listen: " + Files.readString(folder.resolve("log")), notYet);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    /** Kills it: asked to end, it would wait for the connections. */
    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            List<ProcessHandle> workers = running.descendants().toList();
            running.destroyForcibly();
            workers.forEach(ProcessHandle::destroyForcibly);
            running.onExit().join();
            workers.forEach(worker -> worker.onExit().join());
        }
    }
}
