package io.verstak.server.account;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NewMail;
import io.verstak.server.storage.OutboxStore;
import io.verstak.server.storage.QueuedMail;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;

/** The calls of section 5, and a look into the mails that wait because no mail server is set. */
final class Web {
    private final TestServer server;

    Web(TestServer server) {
        this.server = server;
    }

    Answer register(String username, String email, String password) {
        return post("/api/v1/auth/register", registration(username, email, password));
    }

    static ObjectNode registration(String username, String email, String password) {
        return json().put("username", username).put("email", email).put("password", password);
    }

    Answer confirm(String token) {
        return post("/api/v1/auth/confirm", json().put("token", token));
    }

    Answer login(String login, String password) {
        return post("/api/v1/auth/login", json().put("username", login).put("password", password));
    }

    /** Signs in with everybody's password and returns the session's token. */
    String session(String login) {
        return login(login, TestServer.PASSWORD).json().required("token").textValue();
    }

    Answer forgot(String email) {
        return post("/api/v1/auth/forgot", json().put("email", email));
    }

    Answer reset(String token, String password) {
        return post("/api/v1/auth/reset", json().put("token", token).put("new_password", password));
    }

    Answer devices(String session) {
        return server.send(Request.get("/api/v1/user/devices").bearer(session));
    }

    Answer post(String path, ObjectNode body) {
        return server.send(Request.post(path, body.toString()));
    }

    static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The token in the mail that waits for somebody; waits until there is one. */
    String mailedToken(String email, String kind) {
        return mail(email, kind).variables().getOrDefault("token", "");
    }

    NewMail mail(String email, String kind) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < deadline) {
            for (NewMail mail : mails()) {
                if (mail.recipient().equals(email) && mail.kind().equals(kind)) {
                    return mail;
                }
            }
        }
        throw new AssertionError("no mail of the kind " + kind + " for " + email);
    }

    /** What waits to be sent. */
    List<NewMail> mails() {
        Vertx vertx = Vertx.vertx();
        DataDirectory shared = DataDirectory.openShared(server.data());
        Database database = Database.open(vertx, shared, 1, () -> {});
        try {
            return Futures.await(new OutboxStore(database, SecretBox.open(shared, new SecureRandom())).list(1000))
                    .stream()
                    .map(QueuedMail::mail)
                    .toList();
        } finally {
            Futures.await(database.close());
            Futures.await(vertx.close());
        }
    }
}
