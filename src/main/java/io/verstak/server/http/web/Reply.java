package io.verstak.server.http.web;

import io.verstak.server.domain.SessionIdentity.Person;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a page: a template with its view, or a redirect. Immutable; each method returns a changed copy.
 *
 * @param template below {@code templates/}, without its ending; empty with a location
 * @param view the template's {@code view}: a record, or a map
 * @param location the path on this server, or the address of a provider, to redirect to with 303; empty with a template
 * @param flash names the message ({@code flash.NAME}) that the next page shows once; empty: none
 * @param problem the refusal that the page explains
 * @param cookies to be set
 * @param person at the session of the request; null: nobody is signed in, or it is not known
 * @param unsentMails the number of mails in the outbox, for administrators
 */
public record Reply(
        int status,
        String template,
        Object view,
        String location,
        String flash,
        @Nullable ServerException problem,
        List<SetCookie> cookies,
        @Nullable Person person,
        long unsentMails) {
    private static final int OK = 200;
    private static final int SEE_OTHER = 303;
    private static final int MAX_PATH = 512;
    private static final Set<ErrorCode> NOT_OF_A_FORM =
            EnumSet.of(ErrorCode.CSRF_INVALID, ErrorCode.INTERNAL_ERROR, ErrorCode.NOT_FOUND);
    private static final Set<ErrorCode> OF_A_FORM = EnumSet.of(
            ErrorCode.INVALID_REQUEST,
            ErrorCode.UNAUTHORIZED,
            ErrorCode.FORBIDDEN,
            ErrorCode.CONFLICT,
            ErrorCode.RATE_LIMITED,
            ErrorCode.UNAVAILABLE);

    /** A cookie to be set; an empty value deletes it. */
    public record SetCookie(String name, String value) {}

    public static Reply page(String template, Object view) {
        return new Reply(OK, template, view, "", "", null, List.of(), null, 0);
    }

    public static Reply page(String template) {
        return page(template, Map.of());
    }

    /** Redirects to another page: the answer to every form that succeeded. */
    public static Reply to(String path) {
        return new Reply(SEE_OTHER, "", Map.of(), path, "", null, List.of(), null, 0);
    }

    /**
     * Redirects to a path that a request named, or to another one if it could lead to another host: browsers treat {@code
     * //host} and {@code /\host} as addresses, and remove tabs and line breaks first.
     */
    public static Reply toLocal(String path, String otherwise) {
        boolean local = path.startsWith("/")
                && !path.startsWith("//")
                && path.length() <= MAX_PATH
                && path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
        return to(local ? path : otherwise);
    }

    /** Redirects to an address of another host, which no request has named. */
    public static Reply toProvider(String url) {
        return to(url);
    }

    public Reply status(int other) {
        return new Reply(other, template, view, location, flash, problem, cookies, person, unsentMails);
    }

    /** Shows a message once, on the next page. */
    public Reply flash(String message) {
        return new Reply(status, template, view, location, message, problem, cookies, person, unsentMails);
    }

    /** Explains a refusal on the page, under its status. */
    public Reply error(ServerException refusal) {
        return new Reply(
                refusal.code().status(), template, view, location, flash, refusal, cookies, person, unsentMails);
    }

    /** Sets a cookie. */
    public Reply cookie(String name, String value) {
        List<SetCookie> all = new ArrayList<>(cookies);
        all.add(new SetCookie(name, value));
        return new Reply(status, template, view, location, flash, problem, List.copyOf(all), person, unsentMails);
    }

    public Reply person(Person atSession) {
        return new Reply(status, template, view, location, flash, problem, cookies, atSession, unsentMails);
    }

    public Reply unsentMails(long mails) {
        return new Reply(status, template, view, location, flash, problem, cookies, person, mails);
    }

    /**
     * Shows the form again after a refusal, with what was wrong; for use with {@code recover}. A failure that other input cannot
     * mend stays a failure.
     */
    public static Function<Throwable, Future<Reply>> again(String template, Object view) {
        return failure -> failure instanceof ServerException refusal && !NOT_OF_A_FORM.contains(refusal.code())
                ? Future.succeededFuture(page(template, view).error(refusal))
                : Future.failedFuture(failure);
    }

    /** Works as {@link #again(String, Object)}, for a page that also shows what is stored. */
    public static Function<Throwable, Future<Reply>> again(Supplier<Future<Reply>> page) {
        return failure -> failure instanceof ServerException refusal && OF_A_FORM.contains(refusal.code())
                ? page.get().map(reply -> reply.error(refusal))
                : Future.failedFuture(failure);
    }

    /** Returns the page of an expired link if a form was refused because of it; for use with {@code recover}. */
    public static Function<Throwable, Future<Reply>> expired(Supplier<Reply> page) {
        return failure -> failure instanceof ServerException refusal && refusal.code() == ErrorCode.INVALID_REQUEST
                ? Future.succeededFuture(page.get())
                : Future.failedFuture(failure);
    }
}
