package io.verstak.server.http.web.admin;

import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.listing.ListedDevice;
import io.verstak.server.domain.listing.ListedVault;
import io.verstak.server.domain.listing.Listing;
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
    public record View(Listing<ListedVault> list, Paging.Pages pages, String text, String sort) {}

    /** What the page of a vault shows; {@code more}: there are more devices than it shows. */
    public record Detail(ListedVault vault, List<ListedDevice> devices, boolean more) {}

    public VaultsPage(Inventory inventory) {
        this.inventory = inventory;
    }

    public Future<Reply> show(Call call, SessionIdentity administrator) {
        String text = call.parameter("q").strip();
        String sort = call.parameter("sort");
        Paging paging = Paging.of(call);
        VaultQuery query = new VaultQuery(
                text,
                Paging.choice(VaultQuery.Order.class, sort),
                VaultQuery.Position.of(call.parameter("after")).orElse(VaultQuery.Position.FIRST),
                paging.offset(),
                Paging.SIZE);
        return inventory
                .vaults(query)
                .map(found -> Reply.page(
                        "admin/vaults",
                        new View(
                                found,
                                paging.pages(found, call, Paging.query("/admin/vaults", "q", text, "sort", sort)),
                                text,
                                sort)));
    }

    public Future<Reply> detail(Call call, SessionIdentity administrator) {
        return detail(call.parameter("id"));
    }

    /** The same, named by the path. */
    public Future<Reply> detailByPath(Call call, SessionIdentity administrator) {
        return detail(call.pathParameter("id"));
    }

    private Future<Reply> detail(String id) {
        if (id.isEmpty()) {
            return Future.succeededFuture(Reply.to("/admin/vaults"));
        }
        if (!id.matches("[0-9]{1,18}")) {
            return Future.failedFuture(new ServerException(ErrorCode.NOT_FOUND));
        }
        return inventory.vault(Long.parseLong(id)).compose(found -> {
            ListedVault vault = found.orElseThrow(() -> new ServerException(ErrorCode.NOT_FOUND));
            return inventory
                    .devicesOfVault(vault.id(), Paging.SHOWN + 1)
                    .map(devices -> Reply.page(
                            "admin/vault", new Detail(vault, Paging.shown(devices), devices.size() > Paging.SHOWN)));
        });
    }
}
