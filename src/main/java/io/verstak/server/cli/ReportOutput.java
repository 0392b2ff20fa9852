package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command prints what came of it: for a person, or with {@code --json} for a script. */
final class ReportOutput {
    @Option(names = "--json", description = "Print JSON, for scripts; errors too, on standard error.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    boolean isJson() {
        return json;
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }

    PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** A bar on standard error, drawn only for a person at a terminal. */
    ProgressBar progressBar() {
        return new ProgressBar(err(), !json && ProgressBar.hasTerminal());
    }

    /** Prints something as one line of JSON. */
    void json(Object report) throws JsonProcessingException {
        out().println(new JsonMapper().writeValueAsString(report));
    }
}
