package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.vertx.core.Future;
import java.net.InetAddress;

/**
 * Deletion of users' own accounts, which the owner can cancel. May be called on any context; futures complete there. Every call
 * may be repeated, and refuses as described at {@link OwnAccount}.
 */
public interface AccountDeletion {

    /**
     * Schedules the deletion of the account in 7 days, during which everything works as before, and sends a link that
     * cancels it. A repeated call keeps the first date. Also fails with {@code INVALID_REQUEST} if the name is another one.
     *
     * @param typedName the user's name, typed again
     */
    Future<Void> delete(Proof proof, String typedName);

    /** Cancels {@link #delete}. */
    Future<Void> keep(SessionIdentity session, InetAddress address);

    /** Returns whether {@link #keepBy} would accept this token; redeems nothing. */
    Future<Boolean> canKeep(String token, InetAddress address);

    /** Cancels {@link #delete} with the token of its mail. */
    Future<Void> keepBy(String token, InetAddress address);
}
