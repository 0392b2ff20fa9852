package io.verstak.server.account;

/** All caches of credentials of this process, invalidated before a change is acknowledged. */
final class CredentialCaches {
    private final DeviceTokens devices;
    private final SessionTokens users;
    private final SessionTokens administrators;

    CredentialCaches(DeviceTokens devices, SessionTokens users, SessionTokens administrators) {
        this.devices = devices;
        this.users = users;
        this.administrators = administrators;
    }

    void forgetUser(String userId) {
        devices.forgetUser(userId);
        users.forgetOwner(userId);
        // The user may be an administrator, too, and there are few of them.
        administrators.forgetAll();
    }

    void forgetAll() {
        devices.forgetAll();
        users.forgetAll();
        administrators.forgetAll();
    }
}
