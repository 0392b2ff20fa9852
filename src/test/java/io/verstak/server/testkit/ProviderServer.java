package io.verstak.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** A server, and the {@link LyingProvider} that people may sign in with. */
public final class ProviderServer implements AutoCloseable {
    public static final String SIGN_IN = "/login/provider/lying";

    private static final String URL = "https://sync.example.org";

    private final Vertx vertx = Vertx.vertx();
    private final LyingProvider provider;
    private final Map<String, String> more;
    private final TestServer server;

    /**
     * @param configured changes what the server's configuration says of the provider
     * @param more settings of the server
     */
    public ProviderServer(Clock clock, Consumer<JsonObject> configured, Map<String, String> more) {
        this.provider = new LyingProvider(vertx, clock);
        this.more = more;
        this.server = TestServer.start(clock, settings(configured));
    }

    private Map<String, String> settings(Consumer<JsonObject> configured) {
        JsonObject one = provider.configuration();
        configured.accept(one);
        Map<String, String> settings = new HashMap<>(more);
        settings.put("http.publicUrl", URL);
        settings.put("accounts.oidc", new JsonArray().add(one).encode());
        return settings;
    }

    /** Lets the server read another configuration of the provider. */
    public void reload(Consumer<JsonObject> configured) {
        server.reload(settings(configured));
    }

    public TestServer server() {
        return server;
    }

    public LyingProvider provider() {
        return provider;
    }

    /** Returns a name that no other test uses. */
    public static String name() {
        return "p" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Goes to the provider and comes back with what it says; makes the account of a newcomer. */
    public Answer signIn(Visitor visitor) {
        return Newcomers.accept(visitor, visitor.get(back(visitor.get(SIGN_IN))));
    }

    /** Signs the person in at the provider, and returns the path to which the browser is sent back. */
    public String back(Answer redirect) {
        assertThat(redirect.status()).as(redirect.toString()).isEqualTo(303);
        return back(redirect.header("Location"));
    }

    /** Works as the other one, for a browser that is sent to this address. */
    public String back(String there) {
        assertThat(there).startsWith(provider.issuer() + "/authorize?");
        return provider.authorize(there).substring(URL.length());
    }

    @Override
    public void close() {
        server.close();
        provider.close();
        Futures.await(vertx.close());
    }
}
