package io.verstak.server.http.web.admin;

import io.verstak.server.admin.Administration;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.DeviceQuery;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;

/** The devices of all users, latest first. */
public final class DevicesPage {
    private static final String PATH = "/admin/devices";
    private static final SearchedList LIST = new SearchedList(
            PATH,
            "admin/devices",
            "state",
            List.of("created-desc", "created", "name", "name-desc", "last_seen-desc", "last_seen"));

    private final Administration administration;
    private final AdministratorSessions administrators;
    private final Inventory inventory;

    public DevicesPage(Administration administration, AdministratorSessions administrators, Inventory inventory) {
        this.administration = administration;
        this.administrators = administrators;
        this.inventory = inventory;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return page(call);
    }

    private Future<Reply> page(Request call) {
        return LIST.show(call, asked -> inventory.devices(query(asked)));
    }

    /** Returns what a request selects, in its order. */
    static DeviceQuery query(Request call, String after, long offset, int limit) {
        return query(LIST.asked(call, after, offset, limit));
    }

    private static DeviceQuery query(SearchedList.Asked asked) {
        return new DeviceQuery(
                asked.text(),
                Paging.choice(DeviceQuery.State.class, asked.choice()),
                asked.order(DeviceQuery.Order.class),
                asked.descending(),
                DeviceQuery.Position.of(asked.after()).orElse(DeviceQuery.Position.FIRST),
                asked.offset(),
                asked.limit());
    }

    public Future<Reply> revoke(Request call, SessionIdentity administrator, FormFields fields) {
        return AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> administration.revokeDevice(actor, fields.get("device")))
                .map(revoked -> Reply.toLocal(fields.get("next"), PATH).flash("device-revoked"))
                .recover(Reply.again(() -> page(call)));
    }
}
