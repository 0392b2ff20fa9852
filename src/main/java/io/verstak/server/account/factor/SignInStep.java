package io.verstak.server.account.factor;

import io.verstak.server.storage.account.SessionStore.Realm;

/**
 * The state of a sign-in that takes another step.
 *
 * @param realm of the session that it is about
 * @param owner of that session: a user's id, or an administrator's name in lower case
 * @param epoch the owner's, when the first step was checked
 * @param expiresAt milliseconds since the epoch
 * @param proven in the first step
 */
public record SignInStep(Realm realm, String owner, long epoch, long expiresAt, SignInMethod proven) {}
