package io.verstak.server.account.factor.change;

import io.verstak.server.account.factor.change.OwnSecondFactor.Caller;
import io.verstak.server.account.passkey.RelyingParty.Obstacle;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The passkeys of signed-in users and administrators. An administrator with a user account has those of the user. May be called on any
 * context; futures complete there. A password that is needed, since the session is not confirmed, and is wrong is refused
 * with {@code FORBIDDEN}; a browser's answer is refused as {@code passkey.Passkeys} says.
 */
public interface OwnPasskeys {

    /**
     * A passkey as its owner sees it. Times are milliseconds since the epoch.
     *
     * @param id the credential's
     */
    record OwnPasskey(
            String id,
            String name,
            long createdAt,
            @Nullable Long lastUsedAt) {}

    /**
     * The passkeys of a person.
     *
     * @param confirmed whether the person has proved lately who it is, so that calls take an empty password
     * @param request what the browser is asked to add another one; empty: this server has none
     * @param obstacle why there are none
     * @param passwordGoes whether {@link #removePassword} would remove a password
     */
    record Overview(
            String username,
            boolean confirmed,
            List<OwnPasskey> passkeys,
            String request,
            Obstacle obstacle,
            boolean passwordGoes) {}

    Future<Overview> overview(Caller caller);

    /**
     * Adds a passkey that the browser has created.
     *
     * @param otherToken of the session of the other kind in this browser, which may do everything from then on, too; empty: there is none
     * @return recovery codes, shown once; empty: the person has some
     */
    Future<List<String>> add(Caller caller, String password, String response, String name, String otherToken);

    /** Refuses with {@code INVALID_REQUEST} if the name is not 1 to 80 characters on one line, and with {@code NOT_FOUND}. */
    Future<Void> rename(Caller caller, String id, String name);

    /** Refuses with {@code CONFLICT} to remove the last way to sign in, and with {@code NOT_FOUND}. */
    Future<Void> remove(Caller caller, String password, String id);

    /**
     * Removes the password of a user: from then on only passkeys and providers sign in, and only connection codes connect devices. Refuses with
     * {@code CONFLICT} if there is no passkey, or the user is an administrator.
     */
    Future<Void> removePassword(Caller caller, String password);
}
