package io.verstak.server.account;

import io.verstak.server.account.OwnAccount.Proof;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.UserStore;
import io.verstak.server.storage.UserStore.User;
import io.vertx.core.Future;

/** Asks who is signed in for the password again, before what cannot be taken back lightly. */
final class OwnPassword {
    private final UserStore users;
    private final Logins logins;

    OwnPassword(UserStore users, Logins logins) {
        this.users = users;
        this.logins = logins;
    }

    /** The user of the session, as of when the password was checked. */
    Future<User> require(Proof proof) {
        return users.find(proof.session().owner())
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(new ServerException(ErrorCode.UNAUTHORIZED))))
                .compose(user -> logins.confirm(user, proof.password(), proof.address())
                        .compose(right -> right
                                ? Future.succeededFuture(user)
                                : Future.failedFuture(new ServerException(ErrorCode.FORBIDDEN, "Wrong password."))));
    }
}
