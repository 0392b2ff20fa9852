package io.verstak.server.cli;

import java.io.Serial;
import java.util.List;

/** Ends a command with one line for each thing that is wrong: what happened and what to do. */
public final class CommandException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CommandException(String message) {
        super(message);
    }

    CommandException(List<String> lines) {
        super(String.join("\n", lines));
    }

    List<String> lines() {
        return String.valueOf(getMessage()).lines().toList();
    }
}
