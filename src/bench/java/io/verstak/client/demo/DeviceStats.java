package io.verstak.client.demo;

import java.time.Duration;

/**
 * The progress of a device.
 *
 * @param made the number of changes it has made
 * @param applied the number of ops it has applied, its own included
 * @param behind the number of ops that others have and it has not
 * @param files the number of files it has sent and fetched
 * @param delay from the latest change on another device to its arrival here
 * @param state its current activity
 */
public record DeviceStats(
        String name, long made, long applied, long behind, long files, long conflicts, Duration delay, String state) {}
