package io.verstak.server.cli;

import io.verstak.server.VerstakServer.Administrator;
import io.verstak.server.config.ConfigException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The flags that create an administrator at the start, or reset the password of an existing one. */
final class AdministratorOptions {
    @Option(
            names = "--admin-user",
            paramLabel = "NAME",
            description = "Create this administrator, or reset the password if it exists, before serving.")
    private @Nullable String name;

    @ArgGroup
    private @Nullable Password password;

    /** One way to give the password. */
    private static final class Password {
        @Option(
                names = "--admin-pass",
                paramLabel = "PW",
                description = "Password of the administrator; other processes can see it.")
        private @Nullable String text;

        @Option(
                names = "--admin-pass-file",
                paramLabel = "FILE",
                description = "File with the password in its first line.")
        private @Nullable Path file;

        @Option(
                names = "--admin-pass-stdin",
                description = "Ask for the password at a terminal, or read the first line of standard input.")
        private boolean stdin;
    }

    Optional<Administrator> read() {
        if (name == null && password == null) {
            return Optional.empty();
        }
        if (name == null || name.isBlank() || password == null) {
            throw new ConfigException(
                    "--admin-user NAME and one of --admin-pass, --admin-pass-file, --admin-pass-stdin need each other");
        }
        return Optional.of(new Administrator(name, read(name, password)));
    }

    private static String read(String name, Password password) {
        if (password.text != null) {
            return password.text;
        }
        if (password.stdin) {
            return PasswordInput.chosen(name);
        }
        return password.file == null ? "" : PasswordInput.firstLine(password.file);
    }
}
