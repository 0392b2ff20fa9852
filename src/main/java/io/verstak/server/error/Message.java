package io.verstak.server.error;

import io.vertx.core.Future;

/**
 * The refusals that say more than their {@link ErrorCode}. Programs get the code and the English text, which belong to the
 * wire contract and never change; pages show the text of their reader's language under the constant's name.
 */
public enum Message {
    INVALID_EMAIL(ErrorCode.INVALID_REQUEST, "invalid email"),
    EMAIL_TAKEN(ErrorCode.CONFLICT, "This e-mail is taken."),
    EMAIL_NOT_CONFIRMED(ErrorCode.FORBIDDEN, "Confirm your e-mail address first."),
    USERNAME_NOT_ALLOWED(
            ErrorCode.INVALID_REQUEST, "The username takes 3 to 64 letters, digits, dots, underscores and hyphens."),
    USERNAME_TAKEN(ErrorCode.CONFLICT, "This username is taken."),
    REGISTRATION_INCOMPLETE(ErrorCode.INVALID_REQUEST, "username, email and password are required"),
    REGISTRATION_CLOSED(ErrorCode.NOT_FOUND, "This server does not take registrations."),
    REGISTRATION_DOMAIN(ErrorCode.FORBIDDEN, "This server does not take registrations with an address of this domain."),
    INVITATION_REQUIRED(ErrorCode.FORBIDDEN, "Registration takes an invitation."),
    INVITATION_EXPIRED(ErrorCode.FORBIDDEN, "This invitation was used or has expired."),
    LINK_EXPIRED(ErrorCode.INVALID_REQUEST, "invalid or expired token"),
    PASSWORD_TOO_SHORT(ErrorCode.INVALID_REQUEST, "PASSWORD_TOO_SHORT"),
    PASSWORD_TOO_LONG(ErrorCode.INVALID_REQUEST, "PASSWORD_TOO_LONG"),
    PASSWORD_TOO_COMMON(ErrorCode.INVALID_REQUEST, "PASSWORD_TOO_COMMON"),
    WRONG_PASSWORD(ErrorCode.FORBIDDEN, "Wrong password."),
    CONFIRMATION_REQUIRED(ErrorCode.FORBIDDEN, "Confirm again that it is you: the last time was too long ago."),
    NAME_NOT_TYPED(ErrorCode.INVALID_REQUEST, "Type the name to confirm."),
    PASSWORD_OF_USER(ErrorCode.CONFLICT, "The password is that of your user account: change it there."),
    USER_IS_BLOCKED(ErrorCode.FORBIDDEN, "This user is blocked."),
    USER_NOT_CONFIRMED(ErrorCode.FORBIDDEN, "This user has not confirmed the e-mail address."),
    LOGIN_INCOMPLETE(ErrorCode.INVALID_REQUEST, "Login and password are required."),
    LOGIN_TOO_LONG(ErrorCode.INVALID_REQUEST, "The login is too long."),
    WRONG_LOGIN(ErrorCode.UNAUTHORIZED, "Wrong login or password."),
    WRONG_CODE(ErrorCode.UNAUTHORIZED, "Wrong code, or one that was used already."),
    SIGN_IN_EXPIRED(ErrorCode.UNAUTHORIZED, "This sign-in has expired; begin again."),
    SECOND_FACTOR_REQUIRED(
            ErrorCode.FORBIDDEN, "This account needs a second factor: sign in to the server's web page and set it up."),
    SECOND_FACTOR_CODE_REQUIRED(ErrorCode.FORBIDDEN, "This account has a second factor: send its code, too."),
    SECOND_FACTOR_OFFER_EXPIRED(ErrorCode.INVALID_REQUEST, "This QR code is not valid any more; use the new one."),
    CODE_REQUIRED(
            ErrorCode.FORBIDDEN,
            "This server connects devices with connection codes: sign in to its web page, make one, and enter it as the password."),
    CODE_FOR_NEW_VAULT(
            ErrorCode.FORBIDDEN,
            "This connection code is for a new vault. Make one for this vault on the server's web page."),
    CODE_FOR_ANOTHER_VAULT(
            ErrorCode.FORBIDDEN,
            "This connection code is for another vault. Make one for this vault on the server's web page."),
    PASSKEY_WRONG(ErrorCode.UNAUTHORIZED, "This passkey was not accepted."),
    PASSKEY_EXPIRED(ErrorCode.INVALID_REQUEST, "This took too long, or was sent before. Try again."),
    PASSKEY_KNOWN(ErrorCode.CONFLICT, "This passkey is known already."),
    TOO_MANY_PASSKEYS(ErrorCode.CONFLICT, "There are as many passkeys as allowed. Remove one first."),
    LAST_PASSKEY(ErrorCode.CONFLICT, "Without this passkey nobody could sign in. Add another one or a password first."),
    PASSKEY_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no such passkey."),
    PASSKEY_NAME_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The name of a passkey has 1 to 80 characters on one line."),
    PASSKEY_NEEDED(ErrorCode.CONFLICT, "Add a passkey first."),
    ACCOUNT_BLOCKED(ErrorCode.FORBIDDEN, "This account is blocked."),
    PROVIDER_UNKNOWN(ErrorCode.NOT_FOUND, "This server knows no such sign-in."),
    PROVIDER_UNREACHABLE(ErrorCode.UNAVAILABLE, "The sign-in provider does not answer; try again in a few minutes."),
    PROVIDER_REFUSED(
            ErrorCode.FORBIDDEN,
            "The sign-in provider's answer cannot be used; the server's log says why. Try again, or tell the administrator."),
    PROVIDER_DENIED(ErrorCode.FORBIDDEN, "The sign-in provider did not sign you in."),
    PROVIDER_ATTEMPT_OVER(
            ErrorCode.INVALID_REQUEST, "This sign-in is over, or was begun in another browser; begin again."),
    PROVIDER_TIME_MISSING(
            ErrorCode.FORBIDDEN,
            "The sign-in provider does not say when you signed in there, so it cannot confirm that it is you. Confirm another"
                    + " way, or sign out here and sign in again."),
    PROVIDER_NOT_AGAIN(
            ErrorCode.FORBIDDEN,
            "The sign-in provider did not ask you to sign in again. Sign out there and try again."),
    IDENTITY_OTHER(ErrorCode.FORBIDDEN, "You signed in there with an account that is not joined to yours here."),
    IDENTITY_UNKNOWN(
            ErrorCode.FORBIDDEN,
            "No account here belongs to this sign-in. If you have an account, sign in to it and join the two on its page."),
    IDENTITY_EMAIL_TAKEN(
            ErrorCode.CONFLICT,
            "An account with this address exists already. Sign in to it as before, and join the two on its page."),
    IDENTITY_EMAIL_MISSING(
            ErrorCode.FORBIDDEN, "The sign-in provider does not tell your e-mail address, which an account needs."),
    IDENTITY_EMAIL_UNVERIFIED(
            ErrorCode.FORBIDDEN, "The sign-in provider has not verified your e-mail address; verify it there first."),
    IDENTITY_TAKEN(ErrorCode.CONFLICT, "This sign-in belongs to an account already."),
    IDENTITY_LAST(ErrorCode.CONFLICT, "You could not sign in without it. Set a password or add a passkey first."),
    LANGUAGE_UNKNOWN(ErrorCode.INVALID_REQUEST, "There are no texts in it."),
    USER_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no such user."),
    NAME_OR_ADDRESS_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no user with this name or address."),
    OWN_ACCOUNT(ErrorCode.INVALID_REQUEST, "This is your own account."),
    ADMINISTRATOR_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no administrator with this name."),
    LAST_ADMINISTRATOR(ErrorCode.CONFLICT, "This is the last administrator who can sign in; create another one first."),
    QUOTA_NOT_GIB(ErrorCode.INVALID_REQUEST, "The quota is a number of GiB, or nothing."),
    RATE_LIMIT_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "A limit has 1 to 1000000 attempts in 1 s to 24 h."),
    QUOTA_NOT_BYTES(ErrorCode.INVALID_REQUEST, "The quota is a number of bytes, or nothing."),
    DEVICE_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no such device."),
    OWN_DEVICE_NOT_FOUND(ErrorCode.NOT_FOUND, "No such device."),
    DEVICE_OF_ANOTHER_USER(ErrorCode.FORBIDDEN, "This device belongs to another user."),
    DEVICE_NAME_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "A name has 1 to 128 characters on one line."),
    DEVICE_FIELD_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "A field is longer than allowed, or holds a NUL."),
    REVOCATION_INCOMPLETE(ErrorCode.INVALID_REQUEST, "device_id and password are required."),
    VAULT_ID_TAKEN(ErrorCode.INVALID_REQUEST, "This vault_id belongs to somebody else's default vault."),
    FILE_EXISTS(ErrorCode.CONFLICT, "There is a file or folder with this name."),
    FILE_NAME_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "Not every system takes a file with this name."),
    VAULT_HAS_MOVED(ErrorCode.CONFLICT, "Another device has changed the vault meanwhile; try again."),
    VAULT_READ_ONLY(ErrorCode.FORBIDDEN, "This vault can only be read."),
    TOO_MUCH_TO_BRING_BACK(ErrorCode.INVALID_REQUEST, "These are too many files at once; bring back smaller folders."),
    FILES_NOT_READY(
            ErrorCode.UNAVAILABLE, "The server is still reading the changes of this vault; try again in a moment."),
    VAULT_NOT_FOUND(ErrorCode.NOT_FOUND, "There is no such vault."),
    VAULT_DELETED(ErrorCode.GONE, "This vault was deleted. For 7 days it can be restored on the server's pages."),
    VAULT_NOT_SHAREABLE(
            ErrorCode.INVALID_REQUEST, "This vault has no id of its own, so no other user's device could name it."),
    VAULT_INVITATION_GONE(ErrorCode.NOT_FOUND, "This invitation was withdrawn or has expired."),
    MEMBER_NOT_FOUND(ErrorCode.NOT_FOUND, "The user is not a member of this vault."),
    MEMBER_ALREADY(ErrorCode.CONFLICT, "The user is a member of this vault already."),
    TOO_MANY_MEMBERS(ErrorCode.CONFLICT, "A vault has at most 100 members, with those who are invited."),
    VAULT_ID_IN_USE(
            ErrorCode.CONFLICT,
            "You have a vault with this id yourself; delete it, or let the vault stay where it is."),
    VAULT_ID_AMBIGUOUS(
            ErrorCode.CONFLICT,
            "Several people share a vault with this id; use a connection code for the one you mean."),
    VAULT_NAME_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "A vault's name has 1 to 100 characters on one line."),
    SERVER_NAME_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The server's name has 1 to 80 characters on one line."),
    PUBLIC_URL_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The public address is not allowed."),
    REGISTRATION_UNKNOWN(ErrorCode.INVALID_REQUEST, "Registration is one of open, closed, invitation, domains."),
    DOMAINS_NOT_ALLOWED(
            ErrorCode.INVALID_REQUEST, "Registration domains are domains such as example.org, at least one."),
    SERVER_LANGUAGE_UNKNOWN(ErrorCode.INVALID_REQUEST, "The language is one of en, ru."),
    MAIL_HOST_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The mail server is a host name or an address."),
    MAIL_HOST_MISSING(ErrorCode.INVALID_REQUEST, "Name the mail server first."),
    MAIL_PORT_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The port is a number from 1 to 65535."),
    MAIL_SECURITY_UNKNOWN(ErrorCode.INVALID_REQUEST, "The encryption is starttls, tls or none."),
    MAIL_USER_NOT_ALLOWED(ErrorCode.INVALID_REQUEST, "The user is one line of at most 300 characters."),
    MAIL_PASSWORD_TOO_LONG(ErrorCode.INVALID_REQUEST, "The password is longer than 300 characters."),
    MAIL_PASSWORD_AGAIN(
            ErrorCode.INVALID_REQUEST, "Type the password again: the server, its encryption or the user has changed."),
    MAIL_SENDER_NOT_ALLOWED(
            ErrorCode.INVALID_REQUEST, "The sender is an address, or a name with an address in angle brackets."),
    TEST_MAIL_NOT_SENT(ErrorCode.UNAVAILABLE, "The test mail could not be sent. The server's log says why."),
    DATABASE_DAMAGED(
            ErrorCode.UNAVAILABLE, "The server's database is damaged; its administrator has to restore a backup."),
    DATABASE_UPGRADING(ErrorCode.UNAVAILABLE, "The server is upgrading its database; try again in a few minutes."),
    ADDRESS_CONFIRMED(ErrorCode.CONFLICT, "The address is confirmed."),
    BACKUP_RUNNING(ErrorCode.CONFLICT, "Another backup or verification is running."),
    BACKUP_FOLDER_SILENT(ErrorCode.UNAVAILABLE, "The folder of backups does not answer; see to its disk."),
    BACKUP_UNREADABLE(ErrorCode.BLOB_UNAVAILABLE, "This backup cannot be read; the server's log says why."),
    BACKUP_DOWNLOAD_OVER(ErrorCode.GONE, "This download was begun already, or its minute is over; ask for it again."),
    BACKUP_DOWNLOADS_BUSY(ErrorCode.UNAVAILABLE, "Other downloads of backups are under way; wait until one has ended.");

    private final ErrorCode code;
    private final String text;

    Message(ErrorCode code, String text) {
        this.code = code;
        this.text = text;
    }

    /** Returns the code of the answer. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the English text on the wire. */
    public String text() {
        return text;
    }

    /** Returns whether a failure is this refusal. */
    public boolean isReasonOf(Throwable failure) {
        return failure instanceof ServerException refusal
                && refusal.message().filter(this::equals).isPresent();
    }

    /** Returns a future that has failed with this refusal. */
    public <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(this));
    }
}
