package io.verstak.server.auth.token;

import io.verstak.server.domain.SessionIdentity;

/** All caches of credentials of this process, invalidated before a change is acknowledged. */
public final class CredentialCaches {
    private final DeviceTokens devices;
    private final SessionTokens users;
    private final SessionTokens administrators;

    public CredentialCaches(DeviceTokens devices, SessionTokens users, SessionTokens administrators) {
        this.devices = devices;
        this.users = users;
        this.administrators = administrators;
    }

    public void forgetUser(String userId) {
        devices.forgetUser(userId);
        users.forgetOwner(userId);
        // The user may be an administrator, too, and there are few of them.
        administrators.forgetAll();
    }

    /** Invalidates the sessions of all administrators. */
    public void forgetAdministrators() {
        administrators.forgetAll();
    }

    /** Invalidates a session that was changed. */
    public void forgetSession(SessionIdentity session) {
        (session.administrator() ? administrators : users).forget(session.tokenHash());
    }

    /** Invalidates a session of either kind, by the hash of its token. */
    public void forgetSession(String tokenHash) {
        users.forget(tokenHash);
        administrators.forget(tokenHash);
    }

    public void forgetAll() {
        devices.forgetAll();
        users.forgetAll();
        administrators.forgetAll();
    }
}
