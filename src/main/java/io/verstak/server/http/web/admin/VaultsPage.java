package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;

/** The vaults of all users, and the page of one: figures only, never content. */
public final class VaultsPage {
    private static final String PATH = "/admin/vaults";
    private static final SearchedList LIST = new SearchedList(PATH, "admin/vaults", "sort");

    private final Inventory inventory;

    /** The content of a vault's page; {@code more} if there are more devices than shown. */
    public record Detail(VaultSummary vault, List<DeviceSummary> devices, boolean more) {}

    public VaultsPage(Inventory inventory) {
        this.inventory = inventory;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return LIST.show(
                call,
                asked -> inventory.vaults(new VaultQuery(
                        asked.text(),
                        Paging.choice(VaultQuery.Order.class, asked.choice()),
                        Position.of(asked.after()).orElse(Position.FIRST),
                        asked.offset(),
                        asked.limit())));
    }

    public Future<Reply> detail(Request call, SessionIdentity administrator) {
        return detail(call.parameter("id"));
    }

    /** The same, addressed by the path. */
    public Future<Reply> detailByPath(Request call, SessionIdentity administrator) {
        return detail(call.pathParameter("id"));
    }

    private Future<Reply> detail(String id) {
        if (id.isEmpty()) {
            return Future.succeededFuture(Reply.to(PATH));
        }
        if (!id.matches("[0-9]{1,18}")) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return inventory.vault(Long.parseLong(id)).compose(found -> {
            VaultSummary vault = found.orElseThrow(() -> new ServerException(ErrorCode.NOT_FOUND));
            return inventory
                    .devicesOfVault(vault.id(), Paging.SHOWN + 1)
                    .map(devices -> Reply.page(
                            "admin/vault", new Detail(vault, Paging.shown(devices), devices.size() > Paging.SHOWN)));
        });
    }
}
