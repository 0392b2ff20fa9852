package io.verstak.server.config;

import io.verstak.server.config.ConfigException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Gathers the mistakes of a configuration, so that one try tells all of them. */
final class Problems {
    private final List<Problem> found = new ArrayList<>();

    /** Notes a value that is not allowed. */
    void refuse(String key, Object value, String allowed) {
        add(ConfigException.notAllowed(key, value, allowed));
    }

    void add(ConfigException refusal) {
        found.addAll(refusal.problems());
    }

    void add(String key, String text) {
        found.add(new Problem(key, text));
    }

    /** Runs a check and notes what it throws. */
    void check(Runnable check) {
        try {
            check.run();
        } catch (ConfigException refusal) {
            add(refusal);
        }
    }

    /** Notes a path that cannot be one; it may be empty. */
    void checkPath(String key, String path) {
        if (!path.isEmpty()) {
            check(() -> ConfigPath.of(key, path));
        }
    }

    /** Returns what was made, or the fallback if it was refused. */
    <T> T orElse(T fallback, Supplier<T> maker) {
        try {
            return maker.get();
        } catch (ConfigException refusal) {
            add(refusal);
            return fallback;
        }
    }

    /**
     * Throws a {@link ConfigException} with everything that was noted.
     *
     * @param origins where the value of a key was set
     */
    void throwIfAny(Function<String, Optional<String>> origins) {
        if (!found.isEmpty()) {
            throw new ConfigException(found).from(origins);
        }
    }

    /** Throws a {@link ConfigException} with everything that was noted. */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found);
        }
    }
}
