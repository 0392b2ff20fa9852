package io.verstak.server.cli;

import io.verstak.server.cli.output.ProgressBar;
import io.verstak.server.config.ConfigException;
import io.verstak.server.error.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads passwords: at a terminal they are asked for and not shown; elsewhere they are the first line of standard input. */
public final class PasswordInput {
    private static final int MAX_LINE = 64 << 10;
    private static final String STANDARD_INPUT = "standard input";

    private PasswordInput() {}

    /** A password that is set: a person types it twice. */
    static String chosen(String owner) {
        return read("New password for %s: ".formatted(owner), true);
    }

    /** A password that exists. */
    public static String existing(String owner) {
        return read("Password of %s: ".formatted(owner), false);
    }

    private static String read(String prompt, boolean twice) {
        if (!ProgressBar.isTerminal(0)) {
            return firstLine(System.in, STANDARD_INPUT);
        }
        if (!ProgressBar.isTerminal(1)) {
            throw new CommandException("the password cannot be typed unseen while the output is redirected;"
                    + " send it to standard input, for example with '< FILE'");
        }
        // There is one, since standard input and output are a terminal.
        Console console = Objects.requireNonNull(System.console());
        String typed = typed(console, prompt);
        if (twice && !typed.equals(typed(console, "The same again: "))) {
            throw new CommandException("the two passwords differ; nothing was changed");
        }
        return typed;
    }

    private static String typed(Console console, String prompt) {
        char @Nullable [] typed = console.readPassword("%s", prompt);
        if (typed == null || typed.length == 0) {
            throw new CommandException("no password was typed; nothing was changed");
        }
        String password = String.valueOf(typed);
        Arrays.fill(typed, ' ');
        return password;
    }

    /** The first line of a file. */
    static String firstLine(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return firstLine(in, file.toString());
        } catch (IOException e) {
            throw new ConfigException("%s: cannot be read: %s".formatted(file, FailureReason.of(e)));
        }
    }

    /** The first line of a stream, without its end. Fails if there is none. */
    private static String firstLine(InputStream in, String source) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
                if (line.size() > MAX_LINE) {
                    throw new CommandException(source + ": the first line is too long for a password");
                }
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            String password = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            if (password.isEmpty()) {
                throw new CommandException(source + ": there is no password in the first line");
            }
            return password;
        } catch (IOException e) {
            throw new CommandException("%s: cannot be read: %s".formatted(source, FailureReason.of(e)));
        }
    }
}
