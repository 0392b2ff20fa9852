package io.verstak.server.mail;

import java.util.Arrays;

/** The kinds of mail, and where their links lead. */
public enum MailKind {
    /** Confirms an address. */
    CONFIRM("confirm", "/api/v1/auth/confirm?token="),
    /** Resets a forgotten password. */
    RESET("reset", "/reset?token="),
    /** Reports a changed or reset password: queued by releases before {@link #SECURITY}. */
    PASSWORD_CHANGED("password-changed", "/dashboard"),
    /** Reports an event that concerns the security of an account. */
    SECURITY("security", "/account/security-log"),
    /** Warns of a quota that is nearly used up. */
    STORAGE("storage", "/dashboard"),
    /** Reports an attempt to register with the address of an account. */
    ADDRESS_TAKEN("address-taken", "/forgot"),
    /** Invites a person to register. */
    INVITATION("invitation", "/register?invite="),
    /** Says that a vault is shared with the address. */
    VAULT_INVITATION("vault-invitation", "/dashboard"),
    /** Announces the deletion of an account. */
    DELETION("deletion", "/account/keep?token="),
    /** Confirms a new address of an account. */
    EMAIL_CHANGE("email-change", "/account/email?token="),
    /** Reports a requested change of address. */
    EMAIL_CHANGING("email-changing", "/account"),
    /** Tests the mail settings. */
    TEST("test", "");

    private final String key;
    private final String path;

    MailKind(String key, String path) {
        this.key = key;
        this.path = path;
    }

    /** Returns the name in the database and in the message bundles. */
    public String key() {
        return key;
    }

    /** Returns the path of the link below the server's address; empty if the mail has none. */
    String path() {
        return path;
    }

    /** Returns whether the link contains a secret and expires. */
    public boolean carriesToken() {
        return path.endsWith("=");
    }

    /** @throws IllegalArgumentException for an unknown key */
    static MailKind of(String key) {
        return Arrays.stream(values())
                .filter(kind -> kind.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such mail"));
    }
}
