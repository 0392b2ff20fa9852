package io.verstak.server.config;

/** @param level how much the server says of itself */
public record LogConfig(
        @OneOf({"error", "warn", "info", "debug"}) String level) {

    static final LogConfig DEFAULT = new LogConfig("info");
}
