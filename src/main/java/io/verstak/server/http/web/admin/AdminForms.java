package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.function.Function;

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
}
