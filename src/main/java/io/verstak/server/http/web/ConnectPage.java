package io.verstak.server.http.web;

import io.netty.handler.codec.http.QueryStringEncoder;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Devices;
import io.verstak.server.account.Devices.NewCode;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.OwnVaults;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a code that connects a device, and shows it once. */
public final class ConnectPage {
    private static final String PATH = "/dashboard/connect";
    private static final String SEPARATOR = "\n";

    private final OwnVaults vaults;
    private final Devices devices;
    private final AccountPolicy policy;
    private final OneTimeSecrets secrets;
    private final Origins origins;
    private final Clock clock;

    /**
     * The content of the page.
     *
     * @param code the code to be shown; null: none
     * @param vaults that a code may be made for
     * @param chosen the vault of the form; empty: a new one
     * @param server the address to enter in a desktop
     * @param codesOnly whether a password connects no device
     */
    public record View(
            @Nullable Shown code,
            List<Vault> vaults,
            String chosen,
            String defaultVault,
            String server,
            boolean codesOnly) {}

    /**
     * A code as it is shown.
     *
     * @param text in groups
     * @param vaultId the vault that it connects to; empty: a new one
     * @param vaultName empty: it has none
     * @param link what the QR code holds
     */
    public record Shown(
            String login, String text, String vaultId, String vaultName, long endsAt, String link, QrImage image) {}

    public ConnectPage(
            OwnVaults vaults,
            Devices devices,
            AccountPolicy policy,
            OneTimeSecrets secrets,
            Origins origins,
            Clock clock) {
        this.vaults = vaults;
        this.devices = devices;
        this.policy = policy;
        this.secrets = secrets;
        this.origins = origins;
        this.clock = clock;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        String secret = secrets.taken(call, session, PATH);
        return page(call, session, secret, "").map(page -> OneTimeSecrets.shown(page, secret));
    }

    public Future<Reply> create(Request call, SessionIdentity session, FormFields fields) {
        String vault = fields.get("vault");
        return devices.newCode(AccountPage.proof(call, session, fields), vault)
                .map(made -> secrets.pass(session, PATH, secret(made)))
                .recover(Reply.again(() -> page(call, session, "", vault)));
    }

    private Future<Reply> page(Request call, SessionIdentity session, String secret, String chosen) {
        String server = origins.address(call.context());
        return vaults.vaults(session)
                .map(all -> all.stream()
                        .filter(vault -> vault.deleteAfter() == null)
                        .toList())
                .map(own -> Reply.page(
                        "connect",
                        new View(
                                shown(secret, server, own),
                                own,
                                chosen,
                                Scope.defaultVault(session.owner()),
                                server,
                                policy.codesOnly())));
    }

    private static String secret(NewCode made) {
        return String.join(SEPARATOR, made.code(), made.login(), Long.toString(made.endsAt()), made.vaultId());
    }

    private @Nullable Shown shown(String secret, String server, List<Vault> own) {
        if (secret.isEmpty()) {
            return null;
        }
        String[] parts = secret.split(SEPARATOR, 4);
        long endsAt = Long.parseLong(parts[2]);
        if (endsAt <= clock.millis()) {
            return null;
        }
        QueryStringEncoder link = new QueryStringEncoder("verstak://connect");
        link.addParam("server", server);
        link.addParam("login", parts[1]);
        link.addParam("code", parts[0]);
        if (!parts[3].isEmpty()) {
            link.addParam("vault", parts[3]);
        }
        String name = own.stream()
                .filter(vault -> vault.vaultId().equals(parts[3]))
                .map(Vault::name)
                .findFirst()
                .orElse("");
        return new Shown(parts[1], parts[0], parts[3], name, endsAt, link.toString(), QrImage.of(link.toString()));
    }
}
