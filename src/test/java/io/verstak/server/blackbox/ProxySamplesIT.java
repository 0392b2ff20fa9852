package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The samples for nginx and Caddy carry what desktops send and get, through TLS and the proxies of Debian's packages. */
@Timeout(900)
class ProxySamplesIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final long SIZE = 256L << 20;
    private static final long PART = 32L << 20;
    private static final String SHA256 = PatternBytes.digestOf(new PatternBytes(SIZE));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void nginx_carries_uploads_events_and_downloads() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        try (PackagedServer server = server();
                SampleProxy proxy = SampleProxy.nginx(folder, tls, server.port())) {
            carries(server, proxy, tls);

            assertThat(folder.resolve("body")).isEmptyDirectory();
            assertThat(folder.resolve("proxy")).isEmptyDirectory();
        }
    }

    @Test
    void caddy_carries_uploads_events_and_downloads() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        try (PackagedServer server = server();
                SampleProxy proxy = SampleProxy.caddy(folder, tls, server.port())) {
            carries(server, proxy, tls);
        }
    }

    private static void carries(PackagedServer server, SampleProxy proxy, SelfSigned tls) throws Exception {
        HttpClient client = tls.client();
        String base = proxy.origin();
        try (Desktop desktop = Desktop.pair(server::port, "anna", PASSWORD, "v")) {
            HttpResponse<String> refused =
                    client.send(request(base + "/api/client/me", "none").build(), BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.body()).contains("\"unauthorized\"");
            assertThat(refused.headers().firstValue("X-Request-Id").orElse("")).hasSizeGreaterThan(16);
            uploads(client, base, desktop.token());
            downloads(client, base, desktop.token());
            events(client, base, desktop);
        }
    }

    private static void uploads(HttpClient client, String base, String token) throws Exception {
        byte[] head = """
                --b\r
                Content-Disposition: form-data; name="file"; filename="f"\r
                Content-Type: application/octet-stream\r
                \r
                """.getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII);
        HttpRequest.BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofByteArray(head),
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> new PatternBytes(SIZE)), SIZE),
                BodyPublishers.ofByteArray(tail));
        HttpResponse<String> answer = client.send(
                request(base + "/api/v1/blobs/", token)
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(body)
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(SHA256);
    }

    private static void downloads(HttpClient client, String base, String token) throws Exception {
        HttpResponse<InputStream> answer = client.send(
                request(base + "/api/v1/blobs/" + SHA256, token)
                        .header("Range", "bytes=0-" + (PART - 1))
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(PatternBytes.digestOf(answer.body())).isEqualTo(PatternBytes.digestOf(new PatternBytes(PART)));
    }

    /** An event is there while the stream goes on: nobody on the way waits for more. */
    private static void events(HttpClient client, String base, Desktop desktop) throws Exception {
        HttpResponse<InputStream> stream = client.send(
                request(base + "/api/v1/sync/events", desktop.token()).build(), BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(nextData(lines)).contains("\"server_sequence\":0");
            desktop.make(OutboxOp.note("n", "text")).push();
            assertThat(nextData(lines)).contains("\"server_sequence\":1");
        }
    }

    private static String nextData(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data:")) {
            line = lines.readLine();
        }
        return String.valueOf(line).replace(" ", "");
    }

    private static HttpRequest.Builder request(String uri, String token) {
        return HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofMinutes(5))
                .header("Authorization", "Bearer " + token);
    }

    private PackagedServer server() throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.json"),
                "{\"http\": {\"trustedProxies\": [\"127.0.0.1/32\"]}, \"metrics\": {\"enabled\": false}}");
        PackagedServer server = PackagedServer.start(folder.resolve("data"), "--config", config.toString());
        server.addUser("anna", PASSWORD);
        return server;
    }
}
