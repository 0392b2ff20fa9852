package io.verstak.server.mail;

import java.util.Arrays;

/** What the server writes to people about, and where the link in it leads. */
public enum MailKind {
    /** An address is to be confirmed. */
    CONFIRM("confirm", "/api/v1/auth/confirm?token="),
    /** A forgotten password is to be replaced. */
    RESET("reset", "/reset?token="),
    /** A password has been changed or reset. */
    PASSWORD_CHANGED("password-changed", "/dashboard"),
    /** Somebody tried to register with an address that has an account. */
    ADDRESS_TAKEN("address-taken", "/forgot"),
    /** An administrator invites somebody. */
    INVITATION("invitation", "/register?invite="),
    /** An account is about to be deleted. */
    DELETION("deletion", "/account/keep?token="),
    /** Another address is to be confirmed. */
    EMAIL_CHANGE("email-change", "/account/email?token="),
    /** An address is about to be replaced. */
    EMAIL_CHANGING("email-changing", "/account"),
    /** The mail settings are being tried. */
    TEST("test", "");

    private final String key;
    private final String path;

    MailKind(String key, String path) {
        this.key = key;
        this.path = path;
    }

    /** Names it in the database and in the message bundles. */
    public String key() {
        return key;
    }

    /** Below the server's address; empty: no link. */
    String path() {
        return path;
    }

    /** Whether the link is a secret, and ends. */
    public boolean carriesToken() {
        return path.endsWith("=");
    }

    /** @throws IllegalArgumentException for a key that no kind has */
    static MailKind of(String key) {
        return Arrays.stream(values())
                .filter(kind -> kind.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such mail"));
    }
}
