package io.verstak.server.config;

import io.verstak.server.config.annotation.Range;

/**
 * Limits of attempts from one address. A household or an office behind one address stays far below the defaults.
 *
 * @param enabled false disables every limit of this group: for tests and benchmarks on a closed network only
 * @param login wrong passwords, over all calls that check one; for an account at an address as for the address
 * @param register requested accounts
 * @param forgot requested reset links
 * @param reset wrong reset tokens
 * @param confirm wrong confirmation tokens
 * @param bearer wrong device or session tokens
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
     * @param windowSeconds the length of the window
     */
    public record Budget(
            @Range(min = 1, max = 1000000) int attempts,
            @Range(min = 1, max = 86400) int windowSeconds) {}
}
