package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.QueuedMail;
import java.util.List;

/** The calls of section 5, and a look into the mails that wait because no mail server is set. */
public final class Web {
    private final TestServer server;

    public Web(TestServer server) {
        this.server = server;
    }

    public Answer register(String username, String email, String password) {
        return post("/api/v1/auth/register", registration(username, email, password));
    }

    public static ObjectNode registration(String username, String email, String password) {
        return json().put("username", username).put("email", email).put("password", password);
    }

    public Answer confirm(String token) {
        return post("/api/v1/auth/confirm", json().put("token", token));
    }

    public Answer login(String login, String password) {
        return post("/api/v1/auth/login", json().put("username", login).put("password", password));
    }

    /** Signs in with everybody's password and returns the session's token. */
    public String session(String login) {
        return login(login, TestServer.PASSWORD).json().required("token").textValue();
    }

    public Answer forgot(String email) {
        return post("/api/v1/auth/forgot", json().put("email", email));
    }

    public Answer reset(String token, String password) {
        return post("/api/v1/auth/reset", json().put("token", token).put("new_password", password));
    }

    public Answer devices(String session) {
        return server.send(Request.get("/api/v1/user/devices").bearer(session));
    }

    public Answer post(String path, ObjectNode body) {
        return server.send(Request.post(path, body.toString()));
    }

    public static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The token in the mail that waits for somebody; waits until there is one. */
    public String mailedToken(String email, String kind) {
        return mail(email, kind).variables().getOrDefault("token", "");
    }

    public NewMail mail(String email, String kind) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            for (NewMail mail : mails()) {
                if (mail.recipient().equals(email) && mail.kind().equals(kind)) {
                    return mail;
                }
            }
        }
        throw new AssertionError("no mail of the kind " + kind + " for " + email);
    }

    /** The types of the events that a user is told of, latest first. */
    public List<String> told(String username) {
        return server.rows(
                "SELECT a.type FROM audit_log a JOIN users u ON u.id = a.user_id WHERE a.told > 0 AND u.username = '"
                        + username + "' ORDER BY a.id DESC");
    }

    /** What waits to be sent. */
    public List<NewMail> mails() {
        return server.beside((vertx, database, outbox, secrets) -> TestServer.await(outbox.list(0, 1000)).stream()
                .map(QueuedMail::mail)
                .toList());
    }
}
