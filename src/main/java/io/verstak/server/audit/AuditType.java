package io.verstak.server.audit;

import io.verstak.server.storage.AuditEntry.Told;
import java.util.Locale;

/** What the audit log tells of, with its words for people. */
public enum AuditType {
    LOGIN("Signed in."),
    LOGIN_REFUSED("A login was refused."),
    LOGOUT("Signed out."),
    CONFIRMED("The person at a session was confirmed."),
    SESSION_ENDED("Another session was ended."),
    SESSIONS_ENDED("All other sessions were ended."),
    ADMINISTRATOR_LOGIN("An administrator signed in."),
    ADMINISTRATOR_LOGIN_REFUSED("An administrator's login was refused."),
    ADMINISTRATOR_CONFIRMED("An administrator at a session was confirmed."),
    ADMINISTRATOR_LOGOUT("An administrator signed out."),
    ADMINISTRATOR_SET("An administrator was made."),
    ADMINISTRATOR_PASSWORD_SET("Another password was set for an administrator.", Told.BY_LINE),
    ADMINISTRATOR_DELETED("An administrator was deleted."),
    CODE_REFUSED("A code of a second factor was refused."),
    PASSKEY_RENAMED("A passkey was given another name."),
    PASSKEY_REFUSED("A passkey was refused."),
    PASSKEY_COUNT_REFUSED("A passkey was refused: its count went back, so it may have been copied."),
    RATE_LIMITED("Too many attempts."),
    TOKEN_REFUSED("A device or session token was refused."),
    VAULT_EXPORTED("A vault was exported."),
    VAULT_RENAMED("A vault was given a name."),
    FILES_BROUGHT_BACK("Files were changed on a page."),
    VAULT_DELETION_ASKED("The owner has deleted a vault.", Told.BY_MAIL),
    VAULT_DELETION_SET("An administrator has deleted a vault.", Told.BY_MAIL),
    VAULT_RESTORED("A deleted vault was restored.", Told.BY_MAIL),
    VAULT_REMOVED("A deleted vault was removed for good.", Told.BY_MAIL),
    VAULT_SHARED("The owner has invited somebody to a vault."),
    VAULT_OFFERED("Was invited to a vault.", Told.BY_MAIL),
    VAULT_INVITATION_ENDED("An invitation to a vault was withdrawn or declined."),
    VAULT_JOINED("Has joined a shared vault."),
    VAULT_MEMBER_ADDED("Somebody has joined a shared vault.", Told.BY_MAIL),
    VAULT_ROLE_SET("The owner of a shared vault has changed what a member may do.", Told.BY_LINE),
    VAULT_MEMBER_CHANGED("The owner has changed what a member of a vault may do."),
    VAULT_MEMBER_REMOVED("The owner has removed a member of a vault."),
    VAULT_ACCESS_ENDED("Was removed from a shared vault.", Told.BY_MAIL),
    VAULT_LEFT("Has left a shared vault."),
    VAULT_MEMBER_LEFT("A member has left a shared vault.", Told.BY_LINE),
    VAULT_HANDED_OVER("The owner has handed a vault over.", Told.BY_MAIL),
    VAULT_RECEIVED("Has taken a vault over.", Told.BY_MAIL),
    CONNECTION_CODE_CREATED("A connection code was made."),
    DEVICE_PAIRED("A device was paired.", Told.BY_MAIL),
    DEVICE_RENAMED("A device was given another name."),
    DEVICE_REVOKED("A device was revoked."),
    REGISTERED("An account was registered."),
    SETTINGS_CHANGED("The settings were changed."),
    INVITED("An invitation was made."),
    EMAIL_CONFIRMED("The e-mail address was confirmed."),
    EMAIL_CHANGE_ASKED("Another e-mail address was asked for.", Told.BY_LINE),
    EMAIL_CHANGED("The e-mail address was changed.", Told.BY_LINE),
    EMAIL_TOKEN_REFUSED("A confirmation or reset link was refused."),
    RESET_OFFERED("A link to choose another password was sent."),
    RESET_FOR_NOBODY("A reset link was asked for an address that nobody has."),
    PASSWORD_RESET("The password was reset by mail.", Told.BY_MAIL),
    PASSWORD_CHANGED("The password was changed.", Told.BY_MAIL),
    PASSWORD_SET("An administrator has set another password.", Told.BY_MAIL),
    PROVIDER_LOGIN_REFUSED("A sign-in at a provider was refused."),
    USER_EDITED("An administrator has changed the name or the address.", Told.BY_LINE),
    CONFIRMATION_SENT("An administrator has sent a confirmation link again."),
    USER_CONFIRMED("An administrator has confirmed the address."),
    QUOTA_SET("An administrator has set the quota."),
    INVITATION_REVOKED("An invitation was revoked."),
    MAIL_SET("The mail settings were changed."),
    MAIL_RETRIED("A mail was told to be sent again."),
    MAIL_DELETED("A mail was deleted before it was sent."),
    USER_CREATED("An administrator has made the account."),
    USER_BLOCKED("The account was blocked."),
    USER_UNBLOCKED("The account was let in again."),
    DELETION_ASKED("The owner has asked to delete the account."),
    ACCOUNT_KEPT("The owner has kept the account."),
    USER_DELETED("The account was deleted."),
    BROWSER_ADDED("Signed in from a new browser.", Told.BY_MAIL),
    SECOND_FACTOR_SET_UP("The authenticator app was set up.", Told.BY_MAIL),
    SECOND_FACTOR_REMOVED("The authenticator app was removed.", Told.BY_MAIL),
    SECOND_FACTOR_RESET("An administrator has reset the second factor.", Told.BY_MAIL),
    RECOVERY_CODES_RENEWED("New recovery codes were made.", Told.BY_MAIL),
    RECOVERY_CODE_USED("A recovery code was used.", Told.BY_MAIL),
    PASSKEY_ADDED("A passkey was added.", Told.BY_MAIL),
    PASSKEY_REMOVED("A passkey was removed.", Told.BY_MAIL),
    IDENTITY_JOINED("An account of another provider was joined.", Told.BY_MAIL),
    IDENTITY_REMOVED("An account of another provider was removed.", Told.BY_MAIL),
    PASSWORD_REMOVED("The password was removed.", Told.BY_MAIL),
    STORAGE_LOW("Most of the quota is used.", Told.BY_MAIL);

    private final String text;
    private final Told told;

    AuditType(String text) {
        this(text, Told.NO);
    }

    AuditType(String text, Told told) {
        this.text = text;
        this.told = told;
    }

    /** The word in the database, such as {@code device_paired}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether it is about a request or a person that was turned away. */
    boolean isRefusal() {
        return this == RATE_LIMITED || name().endsWith("_REFUSED");
    }

    public String text() {
        return text;
    }

    /** Returns how the person concerned is told. */
    public Told told() {
        return told;
    }
}
