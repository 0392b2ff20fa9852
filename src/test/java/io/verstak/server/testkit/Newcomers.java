package io.verstak.server.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** People who sign in at a provider for the first time, and are asked for a name. */
public final class Newcomers {
    private static final String ACTION = "/register/provider";
    private static final Pattern ACCOUNT = Pattern.compile("name=\"account\" value=\"([^\"]+)\"");
    private static final Pattern NAME = Pattern.compile("id=\"username\"[^>]* value=\"([^\"]*)\"");

    private Newcomers() {}

    /** Makes the account under the name that is suggested, if the answer asks for one. */
    public static Answer accept(Visitor visitor, Answer answer) {
        return answer.text().contains(ACTION) ? choose(visitor, answer, suggested(answer)) : answer;
    }

    /** Sends the form with another name. */
    public static Answer choose(Visitor visitor, Answer form, String name) {
        return visitor.send("/login", ACTION, "account=" + found(ACCOUNT, form), "username=" + name);
    }

    public static String suggested(Answer form) {
        return found(NAME, form);
    }

    private static String found(Pattern pattern, Answer form) {
        Matcher matcher = pattern.matcher(form.text());
        if (!matcher.find()) {
            throw new AssertionError("not on this page: " + pattern + "\n" + form.text());
        }
        return matcher.group(1);
    }
}
