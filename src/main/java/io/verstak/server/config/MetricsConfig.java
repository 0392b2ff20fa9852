package io.verstak.server.config;

/**
 * What the server measures of itself, for Prometheus.
 *
 * @param enabled false: nothing is measured, and nothing listens
 * @param listen {@code HOST:PORT} of {@code GET /metrics}; the default answers this machine only
 */
public record MetricsConfig(boolean enabled, String listen) {
    static final MetricsConfig DEFAULT = new MetricsConfig(true, "127.0.0.1:47733");

    public MetricsConfig {
        ListenAddress.parse("metrics.listen", listen);
    }

    public ListenAddress listenAddress() {
        return ListenAddress.parse("metrics.listen", listen);
    }
}
