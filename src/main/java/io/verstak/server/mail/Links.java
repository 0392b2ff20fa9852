package io.verstak.server.mail;

import io.verstak.server.config.HttpConfig;
import io.verstak.server.storage.NewMail;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The links in mails. They are made from the settings alone, and only when the mail is sent or shown: whatever a
 * request says of the server's name never reaches them. Safe for any thread.
 */
public final class Links {
    private final Supplier<HttpConfig> config;
    private volatile int port;

    /** @param config asked for each link, so that a public address that an administrator sets holds at once */
    public Links(Supplier<HttpConfig> config) {
        this.config = config;
        this.port = config.get().listenAddress().port();
    }

    /** The port that is listened on, once it is known. */
    public void listeningOn(int listening) {
        port = listening;
    }

    /** False for as long as the system has yet to choose the port that links need. */
    boolean known() {
        return port != 0 || !config.get().publicUrl().isEmpty();
    }

    /** The server's address, without a slash at its end. */
    public String base() {
        return config.get().baseUrl(port);
    }

    /** The link of an invitation. */
    String invitation(String token) {
        return base() + MailKind.INVITATION.path() + token;
    }

    /** The link that a mail has; empty for one without, or when its token cannot be read any more. */
    public Optional<String> of(NewMail mail) {
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
