package io.verstak.server.http.web.admin;

import io.verstak.server.account.Actor;
import io.verstak.server.account.Administration;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.Call;
import io.verstak.server.http.FormFields;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the forms of all administrators' pages have in common. */
final class Guard {
    /** The field in which what destroys asks for the administrator's password again. */
    static final String PASSWORD = "password";

    private Guard() {}

    static Actor actor(Call call, SessionIdentity administrator) {
        return new Actor(administrator.owner(), call.clientAddress());
    }

    /** Does it, in the administrator's name, only with the administrator's password. */
    static <T> Future<T> confirmed(
            Administration administration,
            Call call,
            SessionIdentity administrator,
            FormFields fields,
            Function<Actor, Future<T>> work) {
        return administration
                .requirePassword(administrator, fields.get(PASSWORD), call.clientAddress())
                .compose(right -> work.apply(actor(call, administrator)));
    }

    /** The page again with what was wrong about its form; what no other input would mend stays a failure. */
    static Function<Throwable, Future<Reply>> again(Supplier<Future<Reply>> page) {
        return failure -> failure instanceof ServerException refusal && mendable(refusal.code())
                ? page.get().map(reply -> reply.because(refusal))
                : Future.failedFuture(failure);
    }

    private static boolean mendable(ErrorCode code) {
        return code == ErrorCode.INVALID_REQUEST
                || code == ErrorCode.FORBIDDEN
                || code == ErrorCode.CONFLICT
                || code == ErrorCode.RATE_LIMITED
                || code == ErrorCode.UNAVAILABLE;
    }
}
