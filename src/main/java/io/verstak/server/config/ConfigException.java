package io.verstak.server.config;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Settings that cannot be used. Each problem is one line that names the key, its value, what is allowed, and the source. */
public final class ConfigException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 200;

    private final ArrayList<Problem> problems;

    /**
     * One mistake.
     *
     * @param key dotted, as {@code http.publicUrl}; empty for what is not the value of a key
     * @param text the line for a person
     */
    record Problem(String key, String text) implements Serializable {}

    public ConfigException(String message) {
        this(List.of(new Problem("", message)));
    }

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::text).collect(Collectors.joining("\n")));
        this.problems = new ArrayList<>(problems);
    }

    /** Refuses the value of a key and says what to use in its place. */
    public static ConfigException notAllowed(String key, Object value, String allowed) {
        Object shown = key.endsWith(".password") ? "this value" : shown(value);
        return new ConfigException(
                List.of(new Problem(key, "%s: %s is not allowed; use %s".formatted(key, shown, allowed))));
    }

    /** Returns a value as a message may show it: on one line, not too long, without the password of a URL. */
    static String shown(Object value) {
        String text = value.toString()
                .replaceAll("\\p{Cntrl}", "?")
                .replaceAll("//[^/@\\s]*@", "//…@")
                .replaceAll("(?i)(password|secret|key)=[^&\\s]*", "$1=…");
        String line = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
        return line.isEmpty() ? "\"\"" : line;
    }

    /** Every problem, one line each. */
    public List<String> lines() {
        return problems.stream().map(Problem::text).toList();
    }

    /** The first refused key, such as {@code mail.port}; empty for what is not the value of a key. */
    public String key() {
        return problems.get(0).key();
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /**
     * The same, with the place where each refused value was set.
     *
     * @param origins the place, by the key
     */
    public ConfigException from(Function<String, Optional<String>> origins) {
        return new ConfigException(problems.stream()
                .map(problem -> problem.key().isEmpty()
                        ? problem
                        : origins.apply(problem.key())
                                .map(origin -> new Problem(problem.key(), problem.text() + " (" + origin + ")"))
                                .orElse(problem))
                .toList());
    }
}
