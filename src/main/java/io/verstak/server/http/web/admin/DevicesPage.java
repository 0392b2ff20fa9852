package io.verstak.server.http.web.admin;

import io.verstak.server.account.Administration;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.domain.listing.ListedDevice;
import io.verstak.server.domain.listing.Listing;
import io.verstak.server.http.Call;
import io.verstak.server.http.FormFields;
import io.verstak.server.http.LocalPath;
import io.verstak.server.http.web.Reply;
import io.verstak.server.ops.Inventory;
import io.vertx.core.Future;

/** The devices of all users, the latest first. */
public final class DevicesPage {
    private static final String PATH = "/admin/devices";

    private final Administration administration;
    private final Inventory inventory;

    /** What the page shows. */
    public record View(Listing<ListedDevice> list, Paging.Pages pages, String text, String state) {}

    public DevicesPage(Administration administration, Inventory inventory) {
        this.administration = administration;
        this.inventory = inventory;
    }

    public Future<Reply> show(Call call, SessionIdentity administrator) {
        return page(call);
    }

    private Future<Reply> page(Call call) {
        String text = call.parameter("q").strip();
        String state = call.parameter("state");
        Paging paging = Paging.of(call);
        DeviceQuery query = new DeviceQuery(
                text,
                Paging.choice(DeviceQuery.State.class, state),
                DeviceQuery.Position.of(call.parameter("after")).orElse(DeviceQuery.Position.FIRST),
                paging.offset(),
                Paging.SIZE);
        return inventory
                .devices(query)
                .map(found -> Reply.page(
                        "admin/devices",
                        new View(
                                found,
                                paging.pages(found, call, Paging.query(PATH, "q", text, "state", state)),
                                text,
                                state)));
    }

    public Future<Reply> revoke(Call call, SessionIdentity administrator, FormFields fields) {
        return Guard.confirmed(
                        administration,
                        call,
                        administrator,
                        fields,
                        () -> administration.revokeDevice(Guard.actor(call, administrator), fields.get("device")))
                .map(revoked ->
                        Reply.to(LocalPath.orElse(fields.get("next"), PATH)).saying("device-revoked"))
                .recover(Guard.again(() -> page(call)));
    }
}
