package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;

/**
 * What the server says of itself, on standard output.
 *
 * @param level how much
 * @param format {@code text}; {@code json}: one object per line; {@code auto}: as systemd's journal wants lines where it reads them, else
 *     {@code text}
 * @param requests one line for each request; what does not get out in time is left out, and requests never wait for it
 */
public record LogConfig(
        @OneOf({"error", "warn", "info", "debug"}) String level,
        @OneOf({"auto", "text", "json"}) String format,
        boolean requests) {

    static final LogConfig DEFAULT = new LogConfig("info", "auto", true);
}
