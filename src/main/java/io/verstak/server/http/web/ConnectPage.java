package io.verstak.server.http.web;

import io.netty.handler.codec.http.QueryStringEncoder;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Devices;
import io.verstak.server.account.Devices.NewCode;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.sharing.SharedVault;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.OwnVaults;
import io.verstak.server.vault.VaultSharing;
import io.verstak.server.vault.VaultSharing.Received;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a code that connects a device, and shows it once. */
public final class ConnectPage {
    private static final String PATH = "/dashboard/connect";
    private static final String SEPARATOR = "\n";

    private final OwnVaults vaults;
    private final VaultSharing sharing;
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
     * @param shared the vault of somebody else that the form is for; null: it is for one of these
     * @param chosen the vault of the form; empty: a new one
     * @param server the address to enter in a desktop
     * @param codesOnly whether a password connects no device
     */
    public record View(
            @Nullable Shown code,
            List<Vault> vaults,
            @Nullable SharedVault shared,
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
            VaultSharing sharing,
            Devices devices,
            AccountPolicy policy,
            OneTimeSecrets secrets,
            Origins origins,
            Clock clock) {
        this.vaults = vaults;
        this.sharing = sharing;
        this.devices = devices;
        this.policy = policy;
        this.secrets = secrets;
        this.origins = origins;
        this.clock = clock;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        String secret = secrets.taken(call, session, PATH);
        return page(call, session, secret, call.parameter("vault"), call.parameter("owner"))
                .map(page -> OneTimeSecrets.shown(page, secret));
    }

    public Future<Reply> create(Request call, SessionIdentity session, FormFields fields) {
        String vault = fields.get("vault");
        String owner = fields.get("owner");
        return devices.newCode(AccountPage.proof(call, session, fields), vault, owner)
                .map(made -> secrets.pass(session, PATH, secret(made)))
                .recover(Reply.again(() -> page(call, session, "", vault, owner)));
    }

    /** @param owner who shares the chosen vault; empty: it is one's own */
    private Future<Reply> page(Request call, SessionIdentity session, String secret, String chosen, String owner) {
        String server = origins.address(call.context());
        Future<List<Vault>> own = vaults.vaults(session)
                .map(all -> all.stream()
                        .filter(vault -> vault.deleteAfter() == null)
                        .toList());
        Future<Received> received = sharing.received(session);
        return Future.all(own, received)
                .map(both -> Reply.page(
                        "connect",
                        new View(
                                shown(secret, server, names(own.result(), received.result())),
                                own.result(),
                                received.result().vaults().stream()
                                        .filter(vault -> vault.scope().userId().equals(owner)
                                                && vault.scope().vaultId().equals(chosen))
                                        .findFirst()
                                        .orElse(null),
                                chosen,
                                Scope.defaultVault(session.owner()),
                                server,
                                policy.codesOnly())));
    }

    /** Returns the names of vaults by their owners and ids; the user's own ones have no owner. */
    private static Map<String, String> names(List<Vault> own, Received received) {
        Map<String, String> names = new HashMap<>();
        own.forEach(vault -> names.put(place("", vault.vaultId()), vault.name()));
        received.vaults()
                .forEach(vault ->
                        names.put(place(vault.scope().userId(), vault.scope().vaultId()), vault.name()));
        return names;
    }

    private static String place(String owner, String vaultId) {
        return owner + SEPARATOR + vaultId;
    }

    private static String secret(NewCode made) {
        return String.join(
                SEPARATOR,
                made.code(),
                made.login(),
                Long.toString(made.endsAt()),
                place(made.ownerId(), made.vaultId()));
    }

    private @Nullable Shown shown(String secret, String server, Map<String, String> names) {
        if (secret.isEmpty()) {
            return null;
        }
        String[] parts = secret.split(SEPARATOR, 5);
        long endsAt = Long.parseLong(parts[2]);
        if (endsAt <= clock.millis()) {
            return null;
        }
        QueryStringEncoder link = new QueryStringEncoder("verstak://connect");
        link.addParam("server", server);
        link.addParam("login", parts[1]);
        link.addParam("code", parts[0]);
        if (!parts[4].isEmpty()) {
            link.addParam("vault", parts[4]);
        }
        String name = names.getOrDefault(place(parts[3], parts[4]), "");
        return new Shown(parts[1], parts[0], parts[4], name, endsAt, link.toString(), QrImage.of(link.toString()));
    }
}
