package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** A proxy of Debian's with the site that we give away, in front of a server on this machine, as {@code localhost}. */
final class SampleProxy implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 180;

    /** Whether this machine has IPv6, at least within itself. */
    private static final boolean IPV6 = Files.exists(Path.of("/proc/net/if_inet6"));

    private final Process process;
    private final Path log;
    private final int port;

    private SampleProxy(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** The samples changed as their comments say. */
    static final UnaryOperator<String> NGINX_BELOW_A_PATH =
            sample -> sample.replaceAll("(?m)^    # (location /verstak/ \\{)\n.*", "    $1");

    static final UnaryOperator<String> CADDY_BELOW_A_PATH =
            sample -> sample.replaceAll("(?m)^\t# (@verstak .*)\n\t# (reverse_proxy .*)\n.*", "\t$1\n\t$2");

    /** Both take the path off before the server sees it. */
    static final UnaryOperator<String> NGINX_WITHOUT_THE_PATH = sample ->
            NGINX_BELOW_A_PATH.apply(sample).replace("proxy_pass http://verstak;", "proxy_pass http://verstak/;");

    static final UnaryOperator<String> CADDY_WITHOUT_THE_PATH = sample -> CADDY_BELOW_A_PATH
                    .apply(sample)
                    .replaceAll("(?m)^\t@verstak .*", "\thandle_path /verstak* {")
                    .replace("reverse_proxy @verstak ", "reverse_proxy ")
            + "}\n";

    /** @param folder for its files; what nginx gathers of a body lies in {@code body} and {@code proxy} there */
    static SampleProxy nginx(Path folder, SelfSigned tls, int serverPort) throws IOException {
        return nginx(folder, tls, FreePort.any(), serverPort, UnaryOperator.identity());
    }

    static SampleProxy nginx(Path folder, SelfSigned tls, int port, int serverPort, UnaryOperator<String> change)
            throws IOException {
        int plain = FreePort.any();
        String site = change.apply(Files.readString(Path.of("conf/nginx.conf")))
                .replaceAll("listen \\[::]:.*\\R", IPV6 ? "$0" : "")
                .replace("[::]:80;", "[::1]:" + plain + ";")
                .replace("[::]:443 ", "[::1]:" + port + " ")
                .replace("listen 80;", "listen 127.0.0.1:" + plain + ";")
                .replace("listen 443 ", "listen 127.0.0.1:" + port + " ")
                .replace("127.0.0.1:47732", "127.0.0.1:" + serverPort)
                .replace("sync.example.org;", "localhost;")
                .replaceAll(
                        "/etc/letsencrypt\\S*fullchain.pem", tls.certificate().toString())
                .replaceAll("/etc/letsencrypt\\S*privkey.pem", tls.key().toString());
        Files.writeString(folder.resolve("site.conf"), site);
        Files.writeString(folder.resolve("nginx.conf"), """
            user root;
            daemon off;
            pid nginx.pid;
            error_log stderr warn;
            events {}
            http {
                access_log off;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                include site.conf;
            }
            """);
        return start(
                folder,
                port,
                "nginx",
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString());
    }

    static SampleProxy caddy(Path folder, SelfSigned tls, int serverPort) throws IOException {
        return caddy(folder, tls, FreePort.any(), serverPort, UnaryOperator.identity());
    }

    static SampleProxy caddy(Path folder, SelfSigned tls, int port, int serverPort, UnaryOperator<String> change)
            throws IOException {
        String site = change.apply(Files.readString(Path.of("conf/Caddyfile")))
                .replace(
                        "sync.example.org {",
                        "https://localhost:%d {\n\tbind 127.0.0.1\n\ttls %s %s"
                                .formatted(port, tls.certificate(), tls.key()))
                .replace("127.0.0.1:47732", "127.0.0.1:" + serverPort);
        Path file = Files.writeString(folder.resolve("Caddyfile"), "{\n\tadmin off\n\tauto_https off\n}\n" + site);
        return start(folder, port, "caddy", "run", "--config", file.toString(), "--adapter", "caddyfile");
    }

    private static SampleProxy start(Path folder, int port, String... command) throws IOException {
        Path log = folder.resolve("proxy.log");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        SampleProxy proxy = new SampleProxy(process, log, port);
        try {
            proxy.awaitListening();
            return proxy;
        } catch (IOException | AssertionError failure) {
            process.destroyForcibly();
            throw failure;
        }
    }

    private void awaitListening() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException notYet) {
                assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        throw new AssertionError("the proxy does not listen: " + Files.readString(log));
    }

    /** Where clients find the server. */
    String origin() {
        return "https://localhost:" + port;
    }

    /** Asked to end, some proxies wait for their connections, however long: there is nothing that this one has to finish. */
    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
        assertThat(process.onExit()).succeedsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
