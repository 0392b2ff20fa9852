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

/** The list of users: searched, sorted, paged; and the form for a new one. */
public final class UsersPage {
    private static final String CREATE = "admin/create-user";
    private static final String LATEST = "created_at-desc";

    private static final Map<String, UserQuery.Order> ORDERS = Map.of(
            LATEST,
            UserQuery.Order.CREATED_AT,
            "created_at",
            UserQuery.Order.CREATED_AT,
            "username",
            UserQuery.Order.USERNAME,
            "email",
            UserQuery.Order.EMAIL,
            "last_seen-desc",
            UserQuery.Order.LAST_SEEN,
            "last_seen",
            UserQuery.Order.LAST_SEEN,
            "devices-desc",
            UserQuery.Order.DEVICES);

    private final Administration administration;
    private final Inventory inventory;

    /** The content of the page. */
    public record View(Page<UserSummary> list, Paging.Pages pages, String text, String state, String sort) {}

    /** The fields of the form for a new user. */
    public record Typed(String username, String email) {}

    public UsersPage(Administration administration, Inventory inventory) {
        this.administration = administration;
        this.inventory = inventory;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String text = call.parameter("q").strip();
        String state = call.parameter("state");
        String asked = call.parameter("sort");
        String sort = ORDERS.containsKey(asked) ? asked : LATEST;
        Paging paging = Paging.of(call);
        UserQuery query = new UserQuery(
                text,
                Paging.choice(UserQuery.State.class, state),
                ORDERS.getOrDefault(sort, UserQuery.Order.CREATED_AT),
                sort.endsWith("-desc"),
                paging.offset(),
                Paging.SIZE);
        return inventory
                .users(query)
                .map(found -> Reply.page(
                        "admin/users",
                        new View(
                                found,
                                paging.pages(
                                        found,
                                        call,
                                        Paging.query("/admin/users", "q", text, "state", state, "sort", sort)),
                                text,
                                state,
                                sort)));
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
