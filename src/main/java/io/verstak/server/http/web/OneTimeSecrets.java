package io.verstak.server.http.web;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Request;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;

/**
 * Secrets passed from a form to the page that shows them: a form answers with a redirect, and secrets must not appear in an address. A
 * secret travels in a sealed cookie, so that another node can show it: to the session that created it, on one page, within a minute.
 * The page that shows it deletes the cookie. Safe for any thread.
 */
public final class OneTimeSecrets {
    private static final Duration LIFE = Duration.ofMinutes(1);
    private static final char SEPARATOR = ' ';

    private final BinaryOperator<String> seal;
    private final BiFunction<String, String, Optional<String>> open;
    private final Clock clock;

    /**
     * @param seal encrypts a text for a place
     * @param open decrypts a text for a place; empty if it was not sealed for it
     */
    public OneTimeSecrets(BinaryOperator<String> seal, BiFunction<String, String, Optional<String>> open, Clock clock) {
        this.seal = seal;
        this.open = open;
        this.clock = clock;
    }

    /** Redirects to the page at this path, which shows the secret. */
    public Reply pass(SessionIdentity session, String path, String secret) {
        return pass(session.tokenHash(), path, secret);
    }

    /**
     * Works as the other one, for a session that has just begun.
     *
     * @param session the hash of its token
     */
    public Reply pass(String session, String path, String secret) {
        long until = clock.millis() + LIFE.toMillis();
        return Reply.to(path).cookie(Cookies.SHOWN_ONCE, seal.apply(until + " " + secret, place(session, path)));
    }

    /** Returns the secret that the page at this path is to show; empty if there is none. */
    public String taken(Request call, SessionIdentity session, String path) {
        return open.apply(call.cookie(Cookies.SHOWN_ONCE), place(session.tokenHash(), path))
                .filter(text -> Long.parseLong(text.substring(0, text.indexOf(SEPARATOR))) > clock.millis())
                .map(text -> text.substring(text.indexOf(SEPARATOR) + 1))
                .orElse("");
    }

    /** Returns the page so that the browser forgets the secret that it shows. */
    public static Reply shown(Reply page, String secret) {
        return secret.isEmpty() ? page : page.cookie(Cookies.SHOWN_ONCE, "");
    }

    private static String place(String session, String path) {
        return "cookie of session " + session + " for " + path;
    }
}
