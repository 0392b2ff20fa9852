package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command of the server, run in this process, and what it said. */
public record CommandLineRun(int exit, String out, String err) {

    public static CommandLineRun of(CommandLine commands, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        commands.setOut(new PrintWriter(out, true));
        commands.setErr(new PrintWriter(err, true));
        int exit = commands.execute(arguments);
        return new CommandLineRun(exit, out.toString(), err.toString());
    }

    public JsonNode json() {
        try {
            return new JsonMapper().readTree(out);
        } catch (IOException e) {
            throw new AssertionError(toString(), e);
        }
    }
}
