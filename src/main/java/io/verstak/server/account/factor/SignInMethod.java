package io.verstak.server.account.factor;

/** How a person proved who it is, with the words of the audit log. */
public enum SignInMethod {
    PASSWORD("password"),
    CODE("totp"),
    RECOVERY_CODE("recovery"),
    PASSKEY("passkey"),
    PROVIDER("provider"),
    /** An administrator has signed in as the user that they are, too, or the other way round. */
    SAME_PERSON("same-person");

    private final String word;

    SignInMethod(String word) {
        this.word = word;
    }

    /** Returns the word of the audit log, which a person reads as {@code method.<word>}. */
    public String word() {
        return word;
    }
}
