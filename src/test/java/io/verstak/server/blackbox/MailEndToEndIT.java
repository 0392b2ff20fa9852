package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.Web;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server and its mails: through a mail server that is down, one that is silent, and through crashes. */
@SuppressWarnings("NullAway.Init")
class MailEndToEndIT {
    private static final String PUBLIC_URL = "https://sync.example.org";
    private static final String ANNA = "anna@example.org";
    private static final String PASSWORD = "violet-harbour-42";
    private static final String NEW_PASSWORD = "copper-lantern-77";
    private static final Duration SOON = Duration.ofSeconds(9);

    private static final int SENT_AT_ONCE = 4;

    @TempDir
    private Path folder;

    private SmtpHost mailHost;
    private PackagedServer server;

    @BeforeEach
    void start() throws IOException {
        mailHost = new SmtpHost();
        Path config = Files.writeString(folder.resolve("server.json"), """
                {
                  "http": {"publicUrl": "%s", "trustedProxies": ["127.0.0.1"]},
                  "mail": {"host": "127.0.0.1", "port": %d, "security": "none", "from": "Verstak <sync@example.org>"}
                }
                """.formatted(PUBLIC_URL, mailHost.port()));
        server = PackagedServer.start(folder.resolve("data"), "--config", config.toString());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        mailHost.close();
    }

    @Test
    void mails_queued_before_a_kill_arrive_once_with_links_that_work() throws Exception {
        assertOk(register("anna", ANNA));
        server.kill();
        server.restart();
        mailHost.work();
        assertOk(confirm(token(mailHost.take(1, ANNA), "/api/v1/auth/confirm")));

        try (Desktop desktop = Desktop.pair(server::port, "anna", PASSWORD, "main")) {
            desktop.make(OutboxOp.note("n1", "hello")).sync();
            String session = login(PASSWORD).json().required("token").textValue();
            assertThat(SmtpHost.text(mailHost.take(2, ANNA))).contains("A new device was connected");
            assertThat(mailHost.taken()).isEqualTo(2);
            // A mail whose acceptance the server has not heard of is sent again, after a kill, too.
            Blobs.until(() -> unsent().isEmpty());

            mailHost.fallSilent();
            assertOk(forgot());
            mailHost.awaitSilentConnection();
            server.kill();
            server.restart();
            assertThat(devices(session).json()).hasSize(1);

            mailHost.work();
            String reset = token(mailHost.take(1, ANNA), "/reset");
            assertOk(reset(reset));
            assertThat(devices(session).status()).isEqualTo(401);
            assertThat(SmtpHost.text(mailHost.take(2, ANNA))).contains(PUBLIC_URL + "/account/security-log");
            assertThat(mailHost.taken()).isEqualTo(2);

            assertThat(reset(reset).status()).isEqualTo(400);
            assertThat(login(PASSWORD).status()).isEqualTo(401);
            assertOk(login(NEW_PASSWORD));
            desktop.make(OutboxOp.note("n2", "still here")).sync();
            assertThat(desktop.applied()).hasSize(2);
        }
        server.terminate();
        // Nothing is left to be sent, or to be sent again.
        assertThat(unsent()).isEmpty();
    }

    private List<String> unsent() {
        return TestDatabase.rows(folder.resolve("data/server.db"), "SELECT kind FROM outbox");
    }

    @Test
    void a_mail_server_that_never_answers_delays_no_request() throws Exception {
        mailHost.fallSilent();
        for (int i = 0; i < SENT_AT_ONCE; i++) {
            String name = "person" + i;
            assertSoon(() -> register(name, name + "@example.org"));
            mailHost.awaitSilentConnection();
        }
        assertSoon(() -> register("anna", ANNA));
        assertSoon(this::forgot);
        assertSoon(() -> send(Request.get("/readyz")));
    }

    @Test
    void a_link_names_the_configured_address_whatever_host_the_request_names() throws Exception {
        mailHost.work();
        assertOk(asElsewhere("/api/v1/auth/register", Web.registration("anna", ANNA, PASSWORD)));
        assertOk(confirm(token(mailHost.take(1, ANNA), "/api/v1/auth/confirm")));
        assertOk(asElsewhere("/api/v1/auth/forgot", Web.json().put("email", ANNA)));
        token(mailHost.take(2, ANNA), "/reset");
    }

    private Answer register(String name, String email) throws IOException {
        return post("/api/v1/auth/register", Web.registration(name, email, PASSWORD));
    }

    private Answer confirm(String token) throws IOException {
        return post("/api/v1/auth/confirm", Web.json().put("token", token));
    }

    private Answer login(String password) throws IOException {
        return post("/api/v1/auth/login", Web.json().put("username", "anna").put("password", password));
    }

    private Answer forgot() throws IOException {
        return post("/api/v1/auth/forgot", Web.json().put("email", ANNA));
    }

    private Answer reset(String token) throws IOException {
        return post("/api/v1/auth/reset", Web.json().put("token", token).put("new_password", NEW_PASSWORD));
    }

    private Answer devices(String session) throws IOException {
        return send(Request.get("/api/v1/user/devices").bearer(session));
    }

    private Answer post(String path, ObjectNode body) throws IOException {
        return send(Request.post(path, body.toString()));
    }

    private Answer send(Request request) throws IOException {
        return Http.once(server.port(), request);
    }

    /** Posts as somebody who wants the server to believe that it lives elsewhere. */
    private Answer asElsewhere(String path, ObjectNode body) throws IOException {
        Request request = Request.post(path, body.toString())
                .with("X-Forwarded-Host", "forwarded.evil.example")
                .with("X-Forwarded-Proto", "http")
                .with("Forwarded", "host=forwarded.evil.example;proto=http");
        String head = new String(request.head(), StandardCharsets.ISO_8859_1)
                .replace("\r\nHost: test\r\n", "\r\nHost: evil.example\r\n");
        assertThat(head).contains("Host: evil.example");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(request.body());
        try (Http http = Http.connect(server.port())) {
            http.write(bytes.toByteArray());
            return http.read();
        }
    }

    /** The token in a mail's only kind of link, which leads to the configured address. */
    private static String token(MimeMessage mail, String path) throws Exception {
        String text = SmtpHost.text(mail);
        Matcher link = Pattern.compile(Pattern.quote(PUBLIC_URL + path) + "\\?token=([0-9a-f]{64})\\b")
                .matcher(text);
        assertThat(link.find()).as(text).isTrue();
        assertThat(text).doesNotContain("evil.example", "http://", "127.0.0.1");
        return link.group(1);
    }

    private interface Call {
        Answer answer() throws IOException;
    }

    private static void assertSoon(Call call) throws IOException {
        long begin = System.nanoTime();
        assertOk(call.answer());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
    }

    private static void assertOk(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }
}
