package io.verstak.server.account;

import io.verstak.server.domain.Language;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.account.UserStore.User;
import java.util.function.Supplier;

/** Determines the recipient of a mail and its language. */
public final class Recipients {
    private final Supplier<String> serverLanguage;

    /** @param serverLanguage the tag of the default language */
    public Recipients(Supplier<String> serverLanguage) {
        this.serverLanguage = serverLanguage;
    }

    public Recipient of(User user) {
        return of(user.email(), user.language());
    }

    public Recipient of(String email, String language) {
        return new Recipient(email, Language.of(language.isEmpty() ? serverLanguage.get() : language));
    }
}
