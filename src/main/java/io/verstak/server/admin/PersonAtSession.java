package io.verstak.server.admin;

import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Logins;
import io.verstak.server.account.StepUp;
import io.verstak.server.domain.Person;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.SessionStore;
import io.vertx.core.Future;

/** Confirms sessions of users and of administrators. */
final class PersonAtSession implements StepUp {
    private final SessionStore sessions;
    private final Confirmation confirmation;
    private final Logins logins;
    private final Administrators administrators;

    PersonAtSession(SessionStore sessions, Confirmation confirmation, Logins logins, Administrators administrators) {
        this.sessions = sessions;
        this.confirmation = confirmation;
        this.logins = logins;
        this.administrators = administrators;
    }

    @Override
    public Future<Person> person(SessionIdentity session) {
        return sessions.person(session, confirmation.holds(session))
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    @Override
    public Future<Void> confirm(Proof proof) {
        return proof.session().administrator()
                ? administrators.requirePassword(proof).mapEmpty()
                : logins.requirePassword(proof).mapEmpty();
    }
}
