package io.verstak.server.mail;

import io.verstak.server.config.MailConfig;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.StartTLSOptions;
import io.vertx.ext.mail.impl.MailClientImpl;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends one mail to one SMTP server (RFC 5321) over a new connection, since the settings may have changed.
 *
 * <p>Where encryption is configured, the mail is sent encrypted to a server with a valid certificate for its name, or
 * not at all. No step takes longer than {@link SmtpLimits}. Runs on the caller's event loop and never blocks it.
 */
final class SmtpSender {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH);
    /** The other mechanisms are broken by design or need more than a user and a password. */
    private static final String LOGINS = "CRAM-MD5 LOGIN PLAIN";

    private final Vertx vertx;
    private final Clock clock;
    private final SmtpLimits limits;
    private final Optional<TrustOptions> trusted;

    /** @param trusted the trusted certificates; empty for Java's defaults */
    SmtpSender(Vertx vertx, Clock clock, SmtpLimits limits, Optional<TrustOptions> trusted) {
        this.vertx = vertx;
        this.clock = clock;
        this.limits = limits;
        this.trusted = trusted;
    }

    /** Succeeds when the server has accepted the mail. Failures are described by {@link SmtpFailure}. */
    Future<Void> send(MailConfig config, Message message) {
        MailClient client = MailClient.create(vertx, options(config));
        return client.sendMail(mail(config, message))
                .timeout(limits.whole().toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(done -> release(client))
                .mapEmpty();
    }

    /**
     * Closing the client waits for a connection that is in use, as after a timeout; closing its network client does
     * not.
     */
    private static void release(MailClient client) {
        Future<Void> disconnected = client instanceof MailClientImpl pooled
                ? pooled.getConnectionPool().netClient().close()
                : Future.succeededFuture();
        disconnected.onComplete(closed -> client.close());
    }

    /**
     * Created for each client, which modifies it: given one a second time, or with host name verification set already,
     * the client of 5.0.8 would switch that verification off.
     */
    private io.vertx.ext.mail.MailConfig options(MailConfig config) {
        int step = Math.toIntExact(limits.step().toMillis());
        io.vertx.ext.mail.MailConfig options = new io.vertx.ext.mail.MailConfig();
        options.setHostname(config.host())
                .setPort(config.port())
                .setSsl(config.security().equals("tls"))
                .setStarttls(config.security().equals("starttls") ? StartTLSOptions.REQUIRED : StartTLSOptions.DISABLED)
                .setLogin(config.user().isEmpty() ? LoginOption.DISABLED : LoginOption.REQUIRED)
                .setAuthMethods(LOGINS)
                .setUsername(config.user())
                .setPassword(config.password())
                .setOwnHostname(domain(config))
                .setKeepAlive(false)
                .setUserAgent("verstak")
                .setConnectTimeout(step)
                .setIdleTimeout(step)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setSslHandshakeTimeout(step)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        trusted.ifPresent(options::setTrustOptions);
        return options;
    }

    private MailMessage mail(MailConfig config, Message message) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Message-ID", "<" + message.id() + "@" + domain(config) + ">")
                .add("Date", DATE.format(clock.instant().atOffset(ZoneOffset.UTC)))
                .add("From", HeaderText.mailbox(config.fromName(), config.fromAddress()))
                .add("To", message.to())
                .add("Subject", HeaderText.unstructured(message.subject()))
                // Suppresses out-of-office answers (RFC 3834).
                .add("Auto-Submitted", "auto-generated");
        return new MailMessage()
                .setFrom(config.fromAddress())
                .setTo(message.to())
                .setHeaders(headers)
                .setText(message.text())
                .setHtml(message.html());
    }

    private static String domain(MailConfig config) {
        String sender = config.fromAddress();
        return sender.substring(sender.indexOf('@') + 1);
    }
}
