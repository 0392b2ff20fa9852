package io.verstak.server.cli;

import io.verstak.server.VerstakServer.Administrator;
import io.verstak.server.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that make an administrator at the start, or give the one of that name another password. */
final class AdministratorOptions {
    @Option(names = "--admin-user", paramLabel = "NAME", description = "Makes or updates this administrator.")
    private @Nullable String name;

    @ArgGroup
    private @Nullable Password password;

    /** One way to give the password. */
    private static final class Password {
        @Option(names = "--admin-pass", paramLabel = "PW", description = "The password; visible to other processes.")
        private @Nullable String text;

        @Option(
                names = "--admin-pass-file",
                paramLabel = "FILE",
                description = "A file with the password in its first line.")
        private @Nullable Path file;

        @Option(names = "--admin-pass-stdin", description = "The password is the first line of standard input.")
        private boolean stdin;
    }

    Optional<Administrator> read() {
        if (name == null && password == null) {
            return Optional.empty();
        }
        if (name == null || name.isBlank() || password == null) {
            throw new ConfigException(
                    "--admin-user goes with one of --admin-pass, --admin-pass-file, --admin-pass-stdin");
        }
        return Optional.of(new Administrator(name, read(password)));
    }

    private static String read(Password password) {
        try {
            if (password.text != null) {
                return password.text;
            }
            if (password.file != null) {
                try (InputStream in = Files.newInputStream(password.file)) {
                    return firstLine(in);
                }
            }
            return password.stdin ? firstLine(System.in) : "";
        } catch (IOException e) {
            throw new ConfigException("--admin-pass-file: %s cannot be read".formatted(password.file));
        }
    }

    /** The first line of a stream, without its end; empty at the end of the stream. */
    static String firstLine(InputStream in) throws IOException {
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }
}
