package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.domain.listing.VaultQuery;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;

/** One search over users, devices and vaults: the first of each, and the way to the others. */
public final class SearchPage {
    private static final int FIRST = 10;

    private final Inventory inventory;

    /**
     * The content of the page.
     *
     * @param text empty: nothing was searched
     * @param address whether the text may be a network address, for the audit log
     */
    public record View(
            String text,
            Page<UserSummary> users,
            List<DeviceSummary> devices,
            Page<VaultSummary> vaults,
            boolean address) {}

    public SearchPage(Inventory inventory) {
        this.inventory = inventory;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String text = call.parameter("q").strip();
        if (text.isEmpty()) {
            return Future.succeededFuture(page(text, new Page<>(List.of(), 0), List.of(), new Page<>(List.of(), 0)));
        }
        Future<Page<UserSummary>> users =
                inventory.users(new UserQuery(text, UserQuery.State.ANY, UserQuery.Order.USERNAME, false, 0, FIRST));
        Future<List<DeviceSummary>> devices = inventory.devicesNamed(text, FIRST);
        Future<Page<VaultSummary>> vaults =
                inventory.vaults(new VaultQuery(text, VaultQuery.Order.ACTIVITY, true, Position.FIRST, 0, FIRST));
        return Future.all(users, devices, vaults)
                .map(all -> page(text, users.result(), devices.result(), vaults.result()));
    }

    private static Reply page(
            String text, Page<UserSummary> users, List<DeviceSummary> devices, Page<VaultSummary> vaults) {
        boolean address = text.matches("[0-9a-fA-F.:]{3,45}") && (text.contains(".") || text.contains(":"));
        return Reply.page("admin/search", new View(text, users, devices, vaults, address));
    }
}
