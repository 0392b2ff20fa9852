package io.verstak.server.account;

import io.verstak.server.account.OwnAccount.Proof;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;

/** Checks the password of a signed-in user before an irreversible action. */
final class OwnPassword {
    private final UserStore users;
    private final Logins logins;

    OwnPassword(UserStore users, Logins logins) {
        this.users = users;
        this.logins = logins;
    }

    /** Returns the user of the session as of the password check. */
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
