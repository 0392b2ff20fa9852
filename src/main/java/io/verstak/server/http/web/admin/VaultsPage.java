package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.vault.VaultDeletion;
import io.vertx.core.Future;
import java.util.List;

/** The vaults of all users, and the page of one: figures only, never content. */
public final class VaultsPage {
    private static final String PATH = "/admin/vaults";
    private static final String PAGE = "/admin/vault/";
    private static final SearchedList LIST = new SearchedList(
            PATH,
            "admin/vaults",
            "",
            List.of("created-desc", "created", "activity-desc", "activity", "operations-desc", "operations"));

    private final Inventory inventory;
    private final VaultDeletion deletion;
    private final AdministratorSessions administrators;

    /** The content of a vault's page; {@code more} if there are more devices than shown. */
    public record Detail(VaultSummary vault, List<DeviceSummary> devices, boolean more) {}

    public VaultsPage(Inventory inventory, VaultDeletion deletion, AdministratorSessions administrators) {
        this.inventory = inventory;
        this.deletion = deletion;
        this.administrators = administrators;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return LIST.show(call, asked -> inventory.vaults(query(asked)));
    }

    /** Returns what a request selects, in its order. */
    static VaultQuery query(Request call, String after, long offset, int limit) {
        return query(LIST.asked(call, after, offset, limit));
    }

    private static VaultQuery query(SearchedList.Asked asked) {
        return new VaultQuery(
                asked.text(),
                asked.order(VaultQuery.Order.class),
                asked.descending(),
                Position.of(asked.after()).orElse(Position.FIRST),
                asked.offset(),
                asked.limit());
    }

    public Future<Reply> detail(Request call, SessionIdentity administrator) {
        return detail(call.parameter("id"));
    }

    /** The same, addressed by the path. */
    public Future<Reply> detailByPath(Request call, SessionIdentity administrator) {
        return detail(call.pathParameter("id"));
    }

    /** Deletes a vault to free what it takes; its owner can restore it for a time. */
    public Future<Reply> delete(Request call, SessionIdentity administrator, FormFields fields) {
        String id = fields.get("vault");
        return AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> deletion.delete(actor, number(id), fields.get(AccountPage.TYPED_NAME)))
                .map(deleted -> Reply.to(PAGE + number(id)))
                .recover(Reply.again(() -> detail(id)));
    }

    public Future<Reply> restore(Request call, SessionIdentity administrator, FormFields fields) {
        long id = number(fields.get("vault"));
        return deletion.restore(call.actor(administrator), id)
                .map(restored -> Reply.to(PAGE + id).flash("vault-restored"));
    }

    private static long number(String id) {
        if (!id.matches("[0-9]{1,18}")) {
            throw new ServerException(ErrorCode.NOT_FOUND);
        }
        return Long.parseLong(id);
    }

    private Future<Reply> detail(String id) {
        if (id.isEmpty()) {
            return Future.succeededFuture(Reply.to(PATH));
        }
        return inventory.vault(number(id)).compose(found -> {
            VaultSummary vault = found.orElseThrow(() -> new ServerException(ErrorCode.NOT_FOUND));
            return inventory
                    .devicesOfVault(vault.id(), Paging.SHOWN + 1)
                    .map(devices -> Reply.page(
                            "admin/vault", new Detail(vault, Paging.shown(devices), devices.size() > Paging.SHOWN)));
        });
    }
}
