package io.verstak.server.config;

/**
 * How often something may be tried. Every call that checks a password counts as {@code login}.
 *
 * @param enabled false lifts every limit of this group: for tests and benchmarks on a closed network only
 */
public record RateLimitsConfig(boolean enabled, Budget login) {

    static final RateLimitsConfig DEFAULT = new RateLimitsConfig(true, new Budget(10, 300));

    /**
     * @param attempts failures allowed within the window
     * @param windowSeconds length of the window
     */
    public record Budget(
            @Range(min = 1, max = 1000000) int attempts,
            @Range(min = 1, max = 86400) int windowSeconds) {}
}
