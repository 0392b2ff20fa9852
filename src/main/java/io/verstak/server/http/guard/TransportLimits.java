package io.verstak.server.http.guard;

import io.verstak.server.config.HttpConfig;
import java.time.Duration;

/**
 * The bounds of one listener, shared by all of its event loops.
 *
 * @param requestLineBytes the longest request line, without its line end; above it the answer is 414
 * @param headBytes the longest head, request line and header fields together; above it the answer is 431
 * @param headTimeout from connecting, or from the first byte of a later request, to the end of the head
 * @param idleTimeout between an answer and the next request on the same connection
 * @param bodyBytesPerSecond the slowest request body, measured over {@code bodyWindow} of time in which the server was reading
 * @param bodyWindow the span over which a body's rate is measured
 * @param responseStall the longest time in which a client may take no byte of a waiting answer
 * @param sendBufferBytes the socket's send buffer. The kernel reports progress only when about a third of it is free again: a reader
 *     of 10 KiB/s was seen to take nothing for 10 to 13 s with 128 KiB, for more than 20 s with 256 KiB, and for more than 30 s
 *     with the system's own, growing size, where it looks as if it had stopped
 * @param lingerTime the longest time for which the rest of a refused request is read and dropped, so that the answer is not lost
 *     to a reset
 * @param lingerSilence the same, with no byte arriving
 * @param lingerBytes the same, in bytes
 * @param connectionsPerAddress open connections from one remote address (of IPv6 one /64)
 * @param connections open connections in total
 */
public record TransportLimits(
        int requestLineBytes,
        int headBytes,
        Duration headTimeout,
        Duration idleTimeout,
        long bodyBytesPerSecond,
        Duration bodyWindow,
        Duration responseStall,
        int sendBufferBytes,
        Duration lingerTime,
        Duration lingerSilence,
        long lingerBytes,
        int connectionsPerAddress,
        int connections) {

    /** Fails with {@link IllegalArgumentException} when a bound is not positive. */
    public TransportLimits {
        positive("requestLineBytes", requestLineBytes);
        positive("headBytes", headBytes);
        positive("headTimeout", headTimeout.toNanos());
        positive("idleTimeout", idleTimeout.toNanos());
        positive("bodyBytesPerSecond", bodyBytesPerSecond);
        positive("bodyWindow", bodyWindow.toNanos());
        positive("responseStall", responseStall.toNanos());
        positive("sendBufferBytes", sendBufferBytes);
        positive("lingerTime", lingerTime.toNanos());
        positive("lingerSilence", lingerSilence.toNanos());
        positive("lingerBytes", lingerBytes);
        positive("connectionsPerAddress", connectionsPerAddress);
        positive("connections", connections);
    }

    /** The bounds of a server whose configuration names none. */
    public static TransportLimits defaults() {
        return new TransportLimits(
                8 * 1024,
                16 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(75),
                1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                128 * 1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                512L * 1024 * 1024,
                512,
                20_000);
    }

    /** The bounds of a server with this configuration. */
    public static TransportLimits of(HttpConfig http) {
        TransportLimits defaults = defaults();
        return new TransportLimits(
                defaults.requestLineBytes(),
                defaults.headBytes(),
                Duration.ofSeconds(http.headTimeoutSeconds()),
                Duration.ofSeconds(http.idleTimeoutSeconds()),
                http.minBytesPerSecond(),
                defaults.bodyWindow(),
                defaults.responseStall(),
                defaults.sendBufferBytes(),
                defaults.lingerTime(),
                defaults.lingerSilence(),
                defaults.lingerBytes(),
                http.maxConnectionsPerAddress(),
                http.maxConnections());
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }
}
