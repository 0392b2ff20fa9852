package io.verstak.server.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command prints what came of it: for a person, or with {@code --json} for a script. */
public final class ReportOutput {
    @Option(names = "--json", description = "Print JSON, for scripts; errors too, on standard error.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    public boolean isJson() {
        return json;
    }

    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    public PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** Returns whether a person watches standard error at a terminal. */
    public boolean isWatched() {
        return !json && ProgressBar.isTerminal(2);
    }

    /** Returns a bar on standard error, drawn only for a person at a terminal. */
    public ProgressBar progressBar() {
        return new ProgressBar(err(), isWatched());
    }

    /** Returns the JSON object that reports a success, with names and values of what was done. */
    public static Map<String, Object> done(Object... namesAndValues) {
        Map<String, Object> json = object("status", "ok");
        json.putAll(object(namesAndValues));
        return json;
    }

    /** Returns a JSON object with these names and values, in this order. */
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> json = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return json;
    }

    /** Returns {@code 1 blob} or {@code 2 blobs}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** Prints the report as one line of JSON for a script, or else the text for a person. */
    public void print(Object report, String text) throws JsonProcessingException {
        if (json) {
            json(report);
        } else {
            out().println(text);
        }
    }

    /** Prints something as one line of JSON. */
    public void json(Object report) throws JsonProcessingException {
        out().println(new JsonMapper().writeValueAsString(report));
    }
}
