package io.verstak.server.mail;

import io.verstak.server.config.HttpConfig;
import io.verstak.server.storage.mail.NewMail;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Builds the links in mails. They depend on the settings only and are built when a mail is sent or shown: nothing that
 * a request says about the server's name reaches them. Safe for any thread.
 */
public final class Links {
    private final Supplier<HttpConfig> config;
    private volatile int port;

    /** @param config read for each link, so that a changed public address applies immediately */
    Links(Supplier<HttpConfig> config) {
        this.config = config;
        this.port = config.get().listenAddress().port();
    }

    /** Sets the listening port once it is known. */
    void listeningOn(int listening) {
        port = listening;
    }

    /** Returns false while links need a port that the system has not chosen yet. */
    boolean known() {
        return port != 0 || !config.get().publicUrl().isEmpty();
    }

    /** Returns the server's address without a trailing slash. */
    String base() {
        return config.get().baseUrl(port);
    }

    /** Returns the link of an invitation. */
    String invitation(String token) {
        return base() + MailKind.INVITATION.path() + token;
    }

    /** Returns the link of a mail; empty if it has none, or if its token can no longer be read. */
    Optional<String> of(NewMail mail) {
        MailKind kind = MailKind.of(mail.kind());
        if (kind.path().isEmpty()) {
            return Optional.empty();
        }
        if (!kind.carriesToken()) {
            return Optional.of(base() + kind.path());
        }
        return Optional.ofNullable(mail.variables().get(Mails.TOKEN)).map(token -> base() + kind.path() + token);
    }
}
