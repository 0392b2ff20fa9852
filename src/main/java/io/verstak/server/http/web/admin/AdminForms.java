package io.verstak.server.http.web.admin;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.AccountPage;
import io.vertx.core.Future;
import java.util.function.Function;

/** The common parts of the administrators' forms. */
final class AdminForms {
    /** The field for the administrator's password in destructive forms. */
    static final String PASSWORD = "password";

    private AdminForms() {}

    static Proof proof(Request call, SessionIdentity administrator, FormFields fields) {
        return new Proof(administrator, fields.get(PASSWORD), call.clientAddress());
    }

    /** Fails with {@code INVALID_REQUEST} unless the name of what the form deletes was typed. */
    static Future<Void> requireTyped(FormFields fields, String name) {
        return fields.get(AccountPage.TYPED_NAME).strip().equals(name)
                ? Future.succeededFuture()
                : Message.NAME_NOT_TYPED.refuse();
    }

    /** Runs an action in the administrator's name if the session is confirmed, at the latest by the form's password. */
    static <T> Future<T> confirmed(
            AdministratorSessions administrators,
            Request call,
            SessionIdentity administrator,
            FormFields fields,
            Function<Actor, Future<T>> work) {
        return administrators
                .require(proof(call, administrator, fields))
                .compose(right -> work.apply(call.actor(administrator)));
    }
}
