package io.verstak.server.client.demo;

import java.time.Duration;

/**
 * How far a device is.
 *
 * @param made changes that it has made
 * @param applied ops that it has applied, its own too
 * @param behind ops that others have that it has not
 * @param files that it has sent and fetched
 * @param delay from a change on another device to its arrival here, the latest
 * @param state what it is at
 */
public record Standing(
        String name, long made, long applied, long behind, long files, long conflicts, Duration delay, String state) {}
