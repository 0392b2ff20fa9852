package io.verstak.server.admin;

import io.verstak.server.domain.Actor;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Administrators' actions on users and devices, of pages and JSON alike. May be called on any context; futures complete there.
 * Every call may be repeated, and fails with {@code NOT_FOUND} if it names a user or a device that does not exist.
 */
public interface Administration {

    /** A user to create, whose address counts as confirmed. */
    record NewUser(String username, String email, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "NewUser[%s]".formatted(username);
        }
    }

    /** Changes of a user; an empty field stays as it is. */
    record UserEdit(Optional<String> username, Optional<String> email) {}

    /**
     * Creates a user. Refuses with {@code INVALID_REQUEST} (name, address or password not allowed) and {@code CONFLICT} (name or
     * address taken).
     *
     * @return the user's id
     */
    Future<String> createUser(Actor by, NewUser user);

    /**
     * Blocks a user, which ends all sessions and refuses all devices, or unblocks one: the devices work as before. Refuses with
     * {@code INVALID_REQUEST} if an administrator blocks the own account.
     *
     * @param wanted empty: the opposite of the present state
     * @return whether the user is blocked now
     */
    Future<Boolean> block(Actor by, String userId, Optional<Boolean> wanted);

    /** Sets a generated password, ends all sessions of the user, notifies the owner by mail, and returns the password. */
    Future<String> resetPassword(Actor by, String userId);

    /** Changes a user. Also refuses with {@code INVALID_REQUEST} and {@code CONFLICT}. Links mailed to the old address become invalid. */
    Future<Void> editUser(Actor by, String userId, UserEdit edit);

    /** Mails another link to confirm the address. Refuses with {@code CONFLICT} if it is confirmed, or belongs to another account. */
    Future<Void> resendConfirmation(Actor by, String userId);

    /** Marks the user's address as confirmed. */
    Future<Void> confirmUser(Actor by, String userId);

    /** @param bytes the quota of all blobs of the user; empty: the configured one */
    Future<Void> setQuota(Actor by, String userId, Optional<Long> bytes);

    /**
     * Deletes a user with all access at once. The next clean-up deletes the contents of the vaults. Succeeds if the user does
     * not exist.
     */
    Future<Void> deleteUser(Actor by, String userId);

    /** Revokes a device for good. */
    Future<Void> revokeDevice(Actor by, String deviceId);
}
