package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How the server listens.
 *
 * @param listen {@code HOST:PORT}; the default accepts connections from this machine only
 * @param publicUrl the address that people and desktops use, such as {@code https://sync.example.org} or {@code
 *     https://example.org/sync}; empty: the address listened on. Links in mails and the setup link are made from it
 * @param trustedProxies CIDRs of reverse proxies whose {@code X-Forwarded-For} is believed
 * @param headTimeoutSeconds a request head that is not complete after this closes the connection
 * @param idleTimeoutSeconds a connection without a request is closed after this
 * @param minBytesPerSecond a body or an answer that moves more slowly than this over 30 s closes the connection
 * @param maxConnections connections open at once
 * @param maxConnectionsPerAddress connections open at once from one address that is no trusted proxy
 */
public record HttpConfig(
        String listen,
        String publicUrl,
        List<String> trustedProxies,
        @Range(min = 1, max = 300) int headTimeoutSeconds,
        @Range(min = 30, max = 3600) int idleTimeoutSeconds,
        @Range(min = 1, max = 1048576) int minBytesPerSecond,
        @Range(min = 1, max = 1000000) int maxConnections,
        @Range(min = 1, max = 1000000) int maxConnectionsPerAddress) {

    /** The path may hold what needs no quoting in a page, a cookie or a header. The schema has the same pattern. */
    private static final Pattern PUBLIC_URL =
            Pattern.compile("https?://(\\[[0-9a-fA-F:.]+\\]|[^/?#@\\s:\\[\\]\\\\<>\"]+)(:" + ListenAddress.PORT
                    + ")?(/(?!(\\.|%2[eE]){1,2}(/|$))[A-Za-z0-9._~%:@+-]+)*/*");

    static final HttpConfig DEFAULT = new HttpConfig("127.0.0.1:47732", "", List.of(), 10, 120, 1024, 20_000, 512);

    public HttpConfig {
        trustedProxies = List.copyOf(trustedProxies);
        Problems problems = new Problems();
        problems.check(() -> ListenAddress.parse("http.listen", listen));
        if (!publicUrl.isEmpty() && !PUBLIC_URL.matcher(publicUrl).matches()) {
            problems.refuse(
                    "http.publicUrl",
                    publicUrl,
                    "an http:// or https:// address such as https://sync.example.org or https://example.org/sync,"
                            + " without user, query and fragment");
        }
        problems.throwIfAny();
    }

    /**
     * Where people reach the server, without a slash at its end: {@code publicUrl}, or else the address listened on.
     *
     * @param port the one listened on, where {@code listen} leaves it to the system
     */
    public String baseUrl(int port) {
        return publicUrl.isEmpty() ? "http://" + listenAddress().withPort(port) : publicUrl.replaceAll("/+$", "");
    }

    /** The same with another public address. */
    public HttpConfig withPublicUrl(String other) {
        return new HttpConfig(
                listen,
                other,
                trustedProxies,
                headTimeoutSeconds,
                idleTimeoutSeconds,
                minBytesPerSecond,
                maxConnections,
                maxConnectionsPerAddress);
    }

    public ListenAddress listenAddress() {
        return ListenAddress.parse("http.listen", listen);
    }
}
