package io.verstak.server.config;

import java.io.Serial;

/** A setting that cannot be used. The message is one line which names the key, its value and what is allowed. */
public final class ConfigException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }

    static ConfigException notAllowed(String key, Object value, String allowed) {
        Object shown = key.endsWith(".password") ? "this value" : value;
        return new ConfigException("%s: %s is not allowed; allowed: %s".formatted(key, shown, allowed));
    }
}
