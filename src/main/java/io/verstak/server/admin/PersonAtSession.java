package io.verstak.server.admin;

import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Logins;
import io.verstak.server.account.StepUp;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.SessionIdentity.Person;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.ProfileStore;
import io.vertx.core.Future;
import java.net.InetAddress;

/** Confirms sessions of users and of administrators. */
public final class PersonAtSession implements StepUp {
    private final ProfileStore profiles;
    private final Confirmation confirmation;
    private final Logins logins;
    private final Administrators administrators;
    private final SecondFactors factors;
    private final Passkeys passkeys;

    public PersonAtSession(
            ProfileStore profiles,
            Confirmation confirmation,
            Logins logins,
            Administrators administrators,
            SecondFactors factors,
            Passkeys passkeys) {
        this.profiles = profiles;
        this.confirmation = confirmation;
        this.logins = logins;
        this.administrators = administrators;
        this.factors = factors;
        this.passkeys = passkeys;
    }

    @Override
    public Future<Person> person(SessionIdentity session) {
        return profiles.person(session, confirmation.holds(session))
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    @Override
    public Future<Void> confirm(Proof proof) {
        return proof.session().administrator()
                ? administrators.requirePassword(proof).mapEmpty()
                : logins.requirePassword(proof).mapEmpty();
    }

    @Override
    public Future<Void> confirmByCode(SessionIdentity session, String code, InetAddress address) {
        return owner(session)
                .compose(found -> factors.use(found, code, address))
                .compose(method -> confirmation.renew(session, method.word(), address));
    }

    private Future<FactorOwner> owner(SessionIdentity session) {
        return session.administrator()
                ? administrators.factors(session)
                : Future.succeededFuture(FactorOwner.user(session.owner()));
    }

    @Override
    public Future<String> passkeyRequest(SessionIdentity session) {
        return owner(session).compose(passkeys::confirmationRequest);
    }

    @Override
    public Future<Void> confirmByPasskey(SessionIdentity session, String response, InetAddress address) {
        return owner(session)
                .compose(found -> passkeys.confirmed(found, response, address))
                .compose(right -> confirmation.renew(session, SignInMethod.PASSKEY.word(), address));
    }
}
