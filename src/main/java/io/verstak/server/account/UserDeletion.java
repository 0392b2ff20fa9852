package io.verstak.server.account;

import io.verstak.server.account.AccountContext.Link;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Message;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.Leases.Lease;
import io.verstak.server.storage.account.DeletionStore;
import io.verstak.server.storage.account.DeletionStore.Wish;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes accounts at their owners' request, after a period in which nothing is lost and the owner can cancel. */
public final class UserDeletion implements AccountDeletion {
    private static final Logger LOG = LoggerFactory.getLogger(UserDeletion.class);
    private final Outage outage = new Outage(LOG, "accounts cannot be deleted");
    private static final Duration GRACE = Duration.ofDays(7);
    private static final int SLICE = 100;

    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private final AccountContext context;
    private final DeletionStore store;
    private final Logins logins;
    private final OneTimeLinks links;

    public UserDeletion(AccountContext context, DeletionStore store, Logins logins, OneTimeLinks links) {
        this.context = context;
        this.store = store;
        this.logins = logins;
        this.links = links;
    }

    @Override
    public Future<Void> delete(Proof proof, String typedName) {
        return logins.require(proof)
                .compose(user -> user.username().equals(typedName.strip())
                        ? store.ask(wish(user, proof.address()))
                        : Message.NAME_NOT_TYPED.refuse())
                .onSuccess(queued -> context.mailQueued());
    }

    private Wish wish(User user, InetAddress from) {
        Link link = context.newLink(Purpose.KEEP, user.id(), user.email(), GRACE);
        return new Wish(
                user,
                link.stored(),
                context.mails().deletion(context.recipient(user), user.username(), link.token(), link.endsAt()),
                context.audit().entry(AuditType.DELETION_ASKED, user.id(), from));
    }

    @Override
    public Future<Void> keep(SessionIdentity session, InetAddress address) {
        String userId = session.owner();
        return store.keep(userId, context.audit().entry(AuditType.ACCOUNT_KEPT, userId, address));
    }

    @Override
    public Future<Boolean> canKeep(String token, InetAddress address) {
        return links.look(
                token, address, digest -> store.canKeep(digest, context.clock().millis()));
    }

    @Override
    public Future<Void> keepBy(String token, InetAddress address) {
        return links.use(
                token,
                address,
                digest -> store.keepBy(digest, context.audit().entry(AuditType.ACCOUNT_KEPT, "", address)));
    }

    /** Deletes the accounts that are due. The next run retries what fails. */
    public Future<Void> run(Lease lease) {
        return outage.watch(
                store.due(context.clock().millis(), SLICE).compose(due -> lease.whileHeld(due, this::delete)));
    }

    private Future<Void> delete(String userId) {
        return store.delete(
                        userId,
                        context.tokens().newPseudonym(),
                        context.audit().entry(AuditType.USER_DELETED, userId, "", ""))
                .onSuccess(deleted -> context.caches().forgetUser(userId));
    }
}
