package io.verstak.server.http.web;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a page answers: a template with what it shows, or the address to go on to. Immutable; each method returns another one.
 *
 * @param template below {@code templates/}, without its ending; empty with a location
 * @param view what the template finds under {@code view}: a record, or a map
 * @param location a path on this server to go on to with 303; empty with a template
 * @param flash names the message ({@code flash.NAME}) that the next page shows once; empty: none
 * @param problem a refusal that the page has to explain
 * @param cookies to be set
 * @param unsentMails how many an administrator finds in the outbox
 */
public record Reply(
        int status,
        String template,
        Object view,
        String location,
        String flash,
        @Nullable ServerException problem,
        List<SetCookie> cookies,
        long unsentMails) {
    private static final int OK = 200;
    private static final int SEE_OTHER = 303;

    /** A cookie to be set, or with an empty value forgotten. */
    public record SetCookie(String name, String value) {}

    public static Reply page(String template, Object view) {
        return new Reply(OK, template, view, "", "", null, List.of(), 0);
    }

    public static Reply page(String template) {
        return page(template, Map.of());
    }

    /** Leads to another page: the answer to every form that did what it was sent for. */
    public static Reply to(String path) {
        return new Reply(SEE_OTHER, "", Map.of(), path, "", null, List.of(), 0);
    }

    public Reply status(int other) {
        return new Reply(other, template, view, location, flash, problem, cookies, unsentMails);
    }

    /** Makes the next page say something once. */
    public Reply flash(String message) {
        return new Reply(status, template, view, location, message, problem, cookies, unsentMails);
    }

    /** Explains a refusal on the page, under its status. */
    public Reply error(ServerException refusal) {
        return new Reply(refusal.code().status(), template, view, location, flash, refusal, cookies, unsentMails);
    }

    /** Sets a cookie, too. */
    public Reply cookie(String name, String value) {
        List<SetCookie> all = new ArrayList<>(cookies);
        all.add(new SetCookie(name, value));
        return new Reply(status, template, view, location, flash, problem, List.copyOf(all), unsentMails);
    }

    public Reply unsentMails(long mails) {
        return new Reply(status, template, view, location, flash, problem, cookies, mails);
    }

    /**
     * The form again after a refusal, with what was wrong about it; to be used with {@code recover}. What is no refusal, and
     * what no other input would mend, stays a failure.
     */
    public static Function<Throwable, Future<Reply>> again(String template, Object view) {
        return failure -> failure instanceof ServerException refusal && mendable(refusal.code())
                ? Future.succeededFuture(page(template, view).error(refusal))
                : Future.failedFuture(failure);
    }

    private static boolean mendable(ErrorCode code) {
        return code != ErrorCode.CSRF_INVALID && code != ErrorCode.INTERNAL_ERROR && code != ErrorCode.NOT_FOUND;
    }
}
