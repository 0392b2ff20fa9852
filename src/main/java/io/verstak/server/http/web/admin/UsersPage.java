package io.verstak.server.http.web.admin;

import io.verstak.server.admin.Administration;
import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.LongSupplier;

/** The list of users: searched, sorted, paged; and the form for a new one. */
public final class UsersPage {
    private static final String CREATE = "admin/create-user";
    private static final String PATH = "/admin/users";
    private static final String LATEST = "created_at-desc";

    private static final Map<String, UserQuery.Order> ORDERS = Map.of(
            LATEST,
            UserQuery.Order.CREATED_AT,
            "created_at",
            UserQuery.Order.CREATED_AT,
            "username",
            UserQuery.Order.USERNAME,
            "username-desc",
            UserQuery.Order.USERNAME,
            "email",
            UserQuery.Order.EMAIL,
            "email-desc",
            UserQuery.Order.EMAIL,
            "last_seen-desc",
            UserQuery.Order.LAST_SEEN,
            "last_seen",
            UserQuery.Order.LAST_SEEN,
            "devices-desc",
            UserQuery.Order.DEVICES,
            "devices",
            UserQuery.Order.DEVICES);

    private final Administration administration;
    private final Inventory inventory;
    private final LongSupplier serverQuota;

    /**
     * The content of the page.
     *
     * @param filter the query without its order, up to the next parameter
     * @param quotaBytes of users without an own one
     */
    public record View(
            Page<UserSummary> list,
            Paging.Pages pages,
            String filter,
            String text,
            String state,
            String sort,
            long quotaBytes) {}

    /** The fields of the form for a new user. */
    public record Typed(String username, String email) {}

    /** @param serverQuota the quota in bytes of users without an own one */
    public UsersPage(Administration administration, Inventory inventory, LongSupplier serverQuota) {
        this.administration = administration;
        this.inventory = inventory;
        this.serverQuota = serverQuota;
    }

    /** Returns what a request selects, in its order. */
    static UserQuery query(Request call, long offset, int limit) {
        String sort = sort(call);
        return new UserQuery(
                call.parameter("q").strip(),
                Paging.choice(UserQuery.State.class, call.parameter("state")),
                ORDERS.getOrDefault(sort, UserQuery.Order.CREATED_AT),
                sort.endsWith("-desc"),
                offset,
                limit);
    }

    private static String sort(Request call) {
        String asked = call.parameter("sort");
        return ORDERS.containsKey(asked) ? asked : LATEST;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String text = call.parameter("q").strip();
        String state = call.parameter("state");
        String sort = sort(call);
        Paging paging = Paging.of(call);
        String filter = Paging.query("", "q", text, "state", state, "size", paging.asked());
        return inventory
                .users(query(call, paging.offset(), paging.size()))
                .map(found -> Reply.page(
                        "admin/users",
                        new View(
                                found,
                                paging.pages(
                                        found,
                                        call,
                                        Paging.query(
                                                PATH, "q", text, "state", state, "sort", sort, "size", paging.asked())),
                                filter,
                                text,
                                state,
                                sort,
                                serverQuota.getAsLong())));
    }

    public Future<Reply> form(Request call, SessionIdentity administrator) {
        return Future.succeededFuture(Reply.page(CREATE, new Typed("", "")));
    }

    public Future<Reply> create(Request call, SessionIdentity administrator, FormFields fields) {
        String username = fields.get("username").strip();
        String email = fields.get("email").strip();
        return administration
                .createUser(
                        call.actor(administrator),
                        new NewUser(username, email, fields.first("new_password", "password")))
                .map(id -> Reply.to(UserPage.path(id)).flash("user-created"))
                .recover(Reply.again(CREATE, new Typed(username, email)));
    }
}
