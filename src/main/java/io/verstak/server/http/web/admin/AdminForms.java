package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/** The common parts of the administrators' forms. */
final class AdminForms {
    /** The field for the administrator's password in destructive forms. */
    static final String PASSWORD = "password";

    private AdminForms() {}

    /** Runs an action in the administrator's name after checking the administrator's password. */
    static <T> Future<T> confirmed(
            AdministratorSessions administrators,
            Request call,
            SessionIdentity administrator,
            FormFields fields,
            Function<Actor, Future<T>> work) {
        return administrators
                .requirePassword(administrator, fields.get(PASSWORD), call.clientAddress())
                .compose(right -> work.apply(call.actor(administrator)));
    }

    /** Returns the page again with the error of its form; an error that no other input would avoid stays a failure. */
    static Function<Throwable, Future<Reply>> again(Supplier<Future<Reply>> page) {
        return failure -> failure instanceof ServerException refusal && mendable(refusal.code())
                ? page.get().map(reply -> reply.error(refusal))
                : Future.failedFuture(failure);
    }

    private static boolean mendable(ErrorCode code) {
        return code == ErrorCode.INVALID_REQUEST
                || code == ErrorCode.UNAUTHORIZED
                || code == ErrorCode.FORBIDDEN
                || code == ErrorCode.CONFLICT
                || code == ErrorCode.RATE_LIMITED
                || code == ErrorCode.UNAVAILABLE;
    }
}
