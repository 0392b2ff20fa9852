package io.verstak.server.storage.account;

import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.SessionStore.Realm;
import org.jspecify.annotations.Nullable;

/**
 * Whose second factors they are. An administrator with a user account has those of the user: one person, one set of factors.
 *
 * @param key a user's id, or an administrator's name in lower case
 */
public record FactorOwner(Realm realm, String key) {

    public static FactorOwner user(String id) {
        return new FactorOwner(Realm.USER, id);
    }

    public static FactorOwner of(Administrator administrator) {
        @Nullable String user = administrator.userId();
        return user == null ? new FactorOwner(Realm.ADMINISTRATOR, administrator.key()) : user(user);
    }

    /** Returns the owner as one word and a key: for rate limits, and for the place of what is sealed. */
    public String text() {
        return realm.key() + ' ' + key;
    }
}
