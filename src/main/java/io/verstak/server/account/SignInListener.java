package io.verstak.server.account;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.factor.SignInMethod;
import io.vertx.core.Future;
import java.util.List;

/** Hears of every sign-in after it is complete, and before its answer goes out. */
@FunctionalInterface
public interface SignInListener {
    /** Hears nothing. */
    SignInListener NONE = (person, methods, client) -> Future.succeededFuture();

    /** @param methods how the person proved who it is, step by step */
    Future<Void> signedIn(Person person, List<SignInMethod> methods, Client client);
}
