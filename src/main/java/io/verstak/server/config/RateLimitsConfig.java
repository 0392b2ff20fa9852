package io.verstak.server.config;

/**
 * How often something may be tried from one address. A household or an office behind one address stays far below the
 * defaults.
 *
 * @param enabled false lifts every limit of this group: for tests and benchmarks on a closed network only
 * @param login wrong passwords, over all calls that check one; for an account at an address as for the address
 * @param register accounts asked for
 * @param forgot reset links asked for
 * @param reset reset tokens that were wrong
 * @param confirm confirmation tokens that were wrong
 * @param bearer device or session tokens that were wrong
 */
public record RateLimitsConfig(
        boolean enabled, Budget login, Budget register, Budget forgot, Budget reset, Budget confirm, Budget bearer) {

    static final RateLimitsConfig DEFAULT = new RateLimitsConfig(
            true,
            new Budget(10, 300),
            new Budget(100, 3600),
            new Budget(60, 3600),
            new Budget(60, 3600),
            new Budget(60, 3600),
            new Budget(600, 60));

    /**
     * @param attempts tries allowed within the window
     * @param windowSeconds length of the window
     */
    public record Budget(
            @Range(min = 1, max = 1000000) int attempts,
            @Range(min = 1, max = 86400) int windowSeconds) {}
}
