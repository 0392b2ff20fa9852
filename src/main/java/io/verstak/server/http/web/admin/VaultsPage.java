package io.verstak.server.http.web.admin;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.listing.ListedDevice;
import io.verstak.server.domain.listing.ListedVault;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.Call;
import io.verstak.server.http.web.Reply;
import io.verstak.server.ops.Inventory;
import io.vertx.core.Future;
import java.util.List;

/** The vaults of all users, and one of them: numbers, and never what they hold. */
public final class VaultsPage {
    private final Inventory inventory;

    /** What the list shows. */
    public record View(
            List<ListedVault> vaults, long total, long page, long pages, String text, String sort, String query) {}

    /** What the page of a vault shows. */
    public record Detail(ListedVault vault, List<ListedDevice> devices) {}

    public VaultsPage(Inventory inventory) {
        this.inventory = inventory;
    }

    public Future<Reply> show(Call call, SessionIdentity administrator) {
        String text = call.parameter("q").strip();
        String sort = call.parameter("sort");
        Paging paging = Paging.of(call);
        VaultQuery query =
                new VaultQuery(text, Paging.choice(VaultQuery.Order.class, sort), paging.offset(), Paging.SIZE);
        return inventory
                .vaults(query)
                .map(found -> Reply.page(
                        "admin/vaults",
                        new View(
                                found.rows(),
                                found.total(),
                                paging.page(),
                                Paging.pages(found.total()),
                                text,
                                sort,
                                Paging.query("/admin/vaults", "q", text, "sort", sort))));
    }

    public Future<Reply> detail(Call call, SessionIdentity administrator) {
        String id = call.parameter("id");
        if (id.isEmpty()) {
            return Future.succeededFuture(Reply.to("/admin/vaults"));
        }
        if (!id.matches("[0-9]{1,18}")) {
            return Future.failedFuture(new ServerException(ErrorCode.NOT_FOUND));
        }
        return inventory.vault(Long.parseLong(id)).compose(found -> {
            ListedVault vault = found.orElseThrow(() -> new ServerException(ErrorCode.NOT_FOUND));
            return inventory
                    .devicesOfVault(vault.id())
                    .map(devices -> Reply.page("admin/vault", new Detail(vault, devices)));
        });
    }
}
