package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Newcomers;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.Test;

/** Signs a person in with an independent implementation of a provider. */
class MockProviderTest {
    private static final String URL = "https://sync.example.org";

    @Test
    void a_person_signs_in_with_an_independent_provider() throws IOException, InterruptedException {
        MockOAuth2Server provider = new MockOAuth2Server();
        provider.start();
        provider.enqueueCallback(new DefaultOAuth2TokenCallback(
                "company",
                "subject-1",
                "JWT",
                List.of("verstak"),
                Map.of("preferred_username", "mona", "email", "mona@example.org", "email_verified", true)));
        JsonObject configured = new JsonObject()
                .put("id", "company")
                .put("name", "Company")
                .put("issuer", provider.issuerUrl("company").toString())
                .put("clientId", "verstak")
                .put("registration", "anybody");
        try (TestServer server = TestServer.start(Map.of(
                "http.publicUrl",
                URL,
                "accounts.oidc",
                new JsonArray().add(configured).encode()))) {
            Visitor visitor = new Visitor(server);
            String there = visitor.get("/login/provider/company").header("Location");
            String back = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(there)).build(), BodyHandlers.discarding())
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();

            Answer answer = Newcomers.accept(visitor, visitor.get(back.substring(URL.length())));

            assertThat(answer.status()).as(answer.toString()).isEqualTo(303);
            assertThat(visitor.get("/account").text()).contains("mona@example.org");
        } finally {
            provider.shutdown();
        }
    }
}
