package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.config.ServerConfig;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.SelfSigned;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.HttpCookie;
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
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    @Test
    void nginx_serves_it_below_a_path_whether_it_takes_that_off_or_not() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        for (UnaryOperator<String> change :
                List.of(SampleProxy.NGINX_BELOW_A_PATH, SampleProxy.NGINX_WITHOUT_THE_PATH)) {
            int port = FreePort.any();
            try (PackagedServer server = serverBelowPath(port);
                    SampleProxy proxy = SampleProxy.nginx(folder, tls, port, server.port(), change)) {
                servesBelowPath(server, proxy, tls);
            }
        }
    }

    @Test
    void caddy_serves_it_below_a_path_whether_it_takes_that_off_or_not() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        for (UnaryOperator<String> change :
                List.of(SampleProxy.CADDY_BELOW_A_PATH, SampleProxy.CADDY_WITHOUT_THE_PATH)) {
            int port = FreePort.any();
            try (PackagedServer server = serverBelowPath(port);
                    SampleProxy proxy = SampleProxy.caddy(folder, tls, port, server.port(), change)) {
                servesBelowPath(server, proxy, tls);
            }
        }
    }

    @Test
    void a_browser_of_today_speaks_http_2_to_both() throws Exception {
        SelfSigned tls = SelfSigned.in(folder);
        HttpClient client = tls.client(HttpClient.Version.HTTP_2);
        try (PackagedServer server = server();
                SampleProxy nginx = SampleProxy.nginx(folder, tls, server.port());
                SampleProxy caddy = SampleProxy.caddy(folder, tls, server.port())) {
            for (SampleProxy proxy : List.of(nginx, caddy)) {
                HttpResponse<String> page =
                        client.send(request(proxy.origin() + "/login", "none").build(), BodyHandlers.ofString());
                assertThat(page.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(page.statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void both_let_go_of_a_connection_before_the_server_closes_it() throws IOException {
        int idle = ServerConfig.defaults().http().idleTimeoutSeconds();
        assertThat(seconds("conf/nginx.conf", "keepalive_timeout (\\d+)s;")).isLessThan(idle);
        assertThat(seconds("conf/Caddyfile", "keepalive (\\d+)s")).isLessThan(idle);
    }

    private static int seconds(String sample, String pattern) throws IOException {
        Matcher found = Pattern.compile(pattern).matcher(Files.readString(Path.of(sample)));
        assertThat(found.find()).as(sample).isTrue();
        return Integer.parseInt(found.group(1));
    }

    /** A person signs in and goes on; a desktop pushes, uploads and hears of it: all of it below the path. */
    private static void servesBelowPath(PackagedServer server, SampleProxy proxy, SelfSigned tls) throws Exception {
        String base = proxy.origin() + "/verstak";
        CookieManager cookies = new CookieManager();
        HttpClient browser = tls.builder(HttpClient.Version.HTTP_1_1)
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpResponse<String> home =
                browser.send(HttpRequest.newBuilder(URI.create(base)).build(), BodyHandlers.ofString());
        assertThat(home.statusCode()).isEqualTo(200);
        assertThat(home.body()).contains("href=\"/verstak/login\"").doesNotContain("href=\"/login\"");
        String token = cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("__Secure-csrf_token"))
                .filter(cookie -> cookie.getPath().equals("/verstak"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElseThrow();
        HttpResponse<String> signedIn = browser.send(
                HttpRequest.newBuilder(URI.create(base + "/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Origin", proxy.origin())
                        .POST(BodyPublishers.ofString("username=anna&password=" + PASSWORD + "&csrf_token=" + token))
                        .build(),
                BodyHandlers.ofString());
        assertThat(signedIn.statusCode()).as(signedIn.body()).isEqualTo(200);
        assertThat(signedIn.uri()).isEqualTo(URI.create(base + "/dashboard"));
        assertThat(signedIn.body()).contains("<code>" + base + "</code>");
        Matcher style = Pattern.compile("href=\"([^\"]*/app\\.css)\"").matcher(signedIn.body());
        assertThat(style.find()).isTrue();
        assertThat(browser.send(
                                HttpRequest.newBuilder(URI.create(proxy.origin() + style.group(1)))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
        HttpClient client = tls.client();
        try (Desktop desktop = Desktop.pair(server::port, "anna", PASSWORD, "v")) {
            HttpResponse<Void> upload = client.send(
                    request(base + "/api/v1/uploads", desktop.token())
                            .header("Tus-Resumable", "1.0.0")
                            .header("Upload-Length", "4")
                            .POST(BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.discarding());
            URI location = URI.create(base)
                    .resolve(upload.headers().firstValue("Location").orElse(""));
            HttpResponse<Void> part = client.send(
                    request(location.toString(), desktop.token())
                            .header("Tus-Resumable", "1.0.0")
                            .header("Upload-Offset", "0")
                            .header("Content-Type", "application/offset+octet-stream")
                            .method("PATCH", BodyPublishers.ofString("data"))
                            .build(),
                    BodyHandlers.discarding());
            assertThat(part.statusCode()).isEqualTo(204);
            String blob = part.headers().firstValue("Blob-Sha256").orElse("");
            // A base address with a slash at its end is a base address, too.
            assertThat(client.send(
                                    request(base + "//api/v1/blobs/" + blob, desktop.token())
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .isEqualTo("data");
            events(client, base, desktop);
        }
    }

    private PackagedServer serverBelowPath(int proxyPort) throws IOException {
        return server("\"publicUrl\": \"https://localhost:" + proxyPort + "/verstak\", ");
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
        return server("");
    }

    private PackagedServer server(String more) throws IOException {
        Path config = Files.writeString(
                folder.resolve("config.json"),
                "{\"http\": {" + more + "\"trustedProxies\": [\"127.0.0.1/32\"]}, \"metrics\": {\"enabled\": false}}");
        PackagedServer server =
                PackagedServer.start(Files.createTempDirectory(folder, "data"), "--config", config.toString());
        server.addUser("anna", PASSWORD);
        return server;
    }
}
