package io.verstak.server.testkit.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * axe-core in a page. It goes in through Chromium's own protocol, which a page's policy does not bind: the page is looked at as it
 * is, with its policy in force.
 */
final class Axe {
    private static final String RUN = """
            (typeof axe === 'undefined' ? null : axe.run(document, {resultTypes: ['violations']})
              .then(found => found.violations.map(each => each.id + ': ' + each.help + ' '
                + each.nodes.map(node => node.html + ' ' + (node.failureSummary || '')).join('; '))))""";

    private final CDPSession session;
    private final String source;

    Axe(Page page) {
        session = page.context().newCDPSession(page);
        try (InputStream in = Axe.class.getResourceAsStream("/axe.min.js")) {
            if (in == null) {
                throw new AssertionError("axe.min.js is not on the class path");
            }
            source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What axe finds wrong with the page as it stands. */
    List<String> violations() {
        JsonElement found = evaluate(RUN);
        if (found.isJsonNull()) {
            evaluate(source + ";0");
            found = evaluate(RUN);
        }
        List<String> violations = new ArrayList<>();
        found.getAsJsonArray().forEach(each -> violations.add(each.getAsString()));
        return violations;
    }

    /** The value of an expression, awaited. */
    JsonElement evaluate(String expression) {
        JsonObject arguments = new JsonObject();
        arguments.addProperty("expression", expression);
        arguments.addProperty("awaitPromise", true);
        arguments.addProperty("returnByValue", true);
        JsonObject answer = session.send("Runtime.evaluate", arguments);
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(answer.get("exceptionDetails"));
        }
        JsonElement value = answer.getAsJsonObject("result").get("value");
        return value == null ? com.google.gson.JsonNull.INSTANCE : value;
    }
}
