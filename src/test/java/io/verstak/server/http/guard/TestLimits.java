package io.verstak.server.http.guard;

import java.time.Duration;

/** The default limits with single ones changed; a refused request may take as long to arrive as it takes a busy machine. */
final class TestLimits {
    private final TransportLimits defaults = TransportLimits.defaults();
    private Duration headTimeout = defaults.headTimeout();
    private Duration idleTimeout = defaults.idleTimeout();
    private long bodyBytesPerSecond = defaults.bodyBytesPerSecond();
    private Duration bodyWindow = defaults.bodyWindow();
    private Duration responseStall = defaults.responseStall();
    private int sendBufferBytes = defaults.sendBufferBytes();
    private final Duration lingerTime = Duration.ofMinutes(1);
    private Duration lingerSilence = defaults.lingerSilence();
    private long lingerBytes = defaults.lingerBytes();
    private int connectionsPerAddress = defaults.connectionsPerAddress();
    private int connections = defaults.connections();

    TestLimits headTimeout(int millis) {
        headTimeout = Duration.ofMillis(millis);
        return this;
    }

    TestLimits idleTimeout(int millis) {
        idleTimeout = Duration.ofMillis(millis);
        return this;
    }

    TestLimits bodyRate(long bytesPerSecond, int windowMillis) {
        bodyBytesPerSecond = bytesPerSecond;
        bodyWindow = Duration.ofMillis(windowMillis);
        return this;
    }

    TestLimits responseStall(int millis, int sendBuffer) {
        responseStall = Duration.ofMillis(millis);
        sendBufferBytes = sendBuffer;
        return this;
    }

    TestLimits linger(int silenceMillis, long bytes) {
        lingerSilence = Duration.ofMillis(silenceMillis);
        lingerBytes = bytes;
        return this;
    }

    TestLimits connections(int perAddress, int total) {
        connectionsPerAddress = perAddress;
        connections = total;
        return this;
    }

    TransportLimits build() {
        return new TransportLimits(
                defaults.requestLineBytes(),
                defaults.headBytes(),
                headTimeout,
                idleTimeout,
                bodyBytesPerSecond,
                bodyWindow,
                responseStall,
                sendBufferBytes,
                lingerTime,
                lingerSilence,
                lingerBytes,
                connectionsPerAddress,
                connections);
    }
}
