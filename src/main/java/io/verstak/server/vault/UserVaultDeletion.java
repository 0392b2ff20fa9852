package io.verstak.server.vault;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.error.Outage;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.storage.vault.VaultDeletionStore;
import io.verstak.server.storage.vault.VaultDeletionStore.Target;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes vaults, and removes them when nobody has undone it in time. */
public final class UserVaultDeletion implements VaultDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(UserVaultDeletion.class);
    private final Outage outage = new Outage(LOG, "deleted vaults cannot be removed");
    private static final Duration GRACE = Duration.ofDays(7);
    private static final int SLICE = 100;

    private final AccountContext context;
    private final VaultDeletionStore store;
    private final Logins logins;

    public UserVaultDeletion(AccountContext context, VaultDeletionStore store, Logins logins) {
        this.context = context;
        this.store = store;
        this.logins = logins;
    }

    @Override
    public Future<Void> delete(Proof proof, String vaultId, String typedName) {
        return logins.require(proof)
                .compose(user -> store.find(user.id(), vaultId))
                .map(UserVaultDeletion::required)
                .compose(vault -> delete(
                        vault,
                        typedName,
                        "",
                        context.audit().entry(AuditType.VAULT_DELETION_ASKED, proof.session(), proof.address())));
    }

    @Override
    public Future<Void> delete(Actor by, long scopeId, String typedName) {
        return store.find(scopeId)
                .map(UserVaultDeletion::required)
                .compose(vault -> delete(
                        vault,
                        typedName,
                        by.name(),
                        context.audit().by(by, AuditType.VAULT_DELETION_SET, vault.userId(), "")));
    }

    private Future<Void> delete(Target vault, String typedName, String administrator, AuditEntry audit) {
        String typed = Normalizer.normalize(typedName, Normalizer.Form.NFC).strip();
        if (!typed.equals(vault.label()) && !typedName.strip().equals(vault.vaultId())) {
            return Message.NAME_NOT_TYPED.refuse();
        }
        long removedAt = context.clock().instant().plus(GRACE).toEpochMilli();
        return changed(vault, store.delete(vault, removedAt, administrator, audit.subject(vault.label())));
    }

    @Override
    public Future<Void> restore(SessionIdentity session, String vaultId, InetAddress address) {
        return store.find(session.owner(), vaultId)
                .map(UserVaultDeletion::required)
                .compose(vault -> restore(vault, context.audit().entry(AuditType.VAULT_RESTORED, session, address)));
    }

    @Override
    public Future<Void> restore(Actor by, long scopeId) {
        return store.find(scopeId)
                .map(UserVaultDeletion::required)
                .compose(vault -> restore(vault, context.audit().by(by, AuditType.VAULT_RESTORED, vault.userId(), "")));
    }

    private Future<Void> restore(Target vault, AuditEntry audit) {
        return changed(vault, store.restore(vault, audit.subject(vault.label())));
    }

    /** Caches are invalidated before the change is acknowledged. */
    private Future<Void> changed(Target vault, Future<Void> change) {
        return change.onSuccess(done -> {
            context.caches().forgetUser(vault.userId());
            context.mailQueued();
        });
    }

    /** Removes the vaults that are due. The next run retries what fails. */
    public Future<Void> run(Lease lease) {
        return outage.watch(
                store.due(context.clock().millis(), SLICE).compose(due -> lease.whileHeld(due, this::remove)));
    }

    private Future<Void> remove(Target vault) {
        AuditEntry audit = context.audit()
                .entry(AuditType.VAULT_REMOVED, vault.userId(), "", "")
                .subject(vault.label());
        return changed(vault, store.remove(vault, audit));
    }

    private static Target required(Optional<Target> found) {
        return found.orElseThrow(() -> new ServerException(Message.VAULT_NOT_FOUND));
    }
}
