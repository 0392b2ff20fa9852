package io.verstak.server.http.api;

import static java.util.Objects.requireNonNullElse;

import io.verstak.server.admin.Administration;
import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.admin.Administration.UserEdit;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.error.Message;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.Times;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Users for administrators' scripts, as in section 6 of the wire contract. */
public final class AdminApi {
    private static final int PER_PAGE = 20;
    private static final int MOST_PER_PAGE = 100;

    private final Administration administration;
    private final Inventory inventory;

    record UserAnswer(
            String id,
            String username,
            String email,
            int confirmed,
            int blocked,
            String lastSeen,
            String createdAt,
            int devices) {}

    record UsersAnswer(List<UserAnswer> users, long total, long page, int perPage) {}

    public record CreateRequest(
            @Nullable String username,
            @Nullable String email,
            @Nullable String password) {}

    record Created(String status, String userId) {}

    public record BlockRequest(@Nullable Boolean blocked) {}

    record Blocked(String status, int blocked) {}

    record NewPassword(String status, String newPassword) {}

    /** The body of a call; a missing field stays as it is. */
    public record EditRequest(
            @Nullable String username, @Nullable String email) {}

    record Status(String status) {}

    public AdminApi(Administration administration, Inventory inventory) {
        this.administration = administration;
        this.inventory = inventory;
    }

    /** Unusable parameters count as missing. */
    public Future<?> users(Request call, SessionIdentity administrator) {
        long page = Math.max(1, number(call.parameter("page"), 1));
        long asked = number(call.parameter("per_page"), PER_PAGE);
        int perPage = asked >= 1 && asked <= MOST_PER_PAGE ? (int) asked : PER_PAGE;
        Optional<UserQuery.Order> sort = order(call.parameter("sort"));
        String direction = call.parameter("order").toLowerCase(Locale.ROOT);
        UserQuery query = new UserQuery(
                call.parameter("filter").strip(),
                state(call.parameter("state")),
                sort.orElse(UserQuery.Order.CREATED_AT),
                direction.equals("desc") || (!direction.equals("asc") && sort.isEmpty()),
                page > Long.MAX_VALUE / MOST_PER_PAGE ? Long.MAX_VALUE : (page - 1) * perPage,
                perPage);
        return inventory
                .users(query)
                .map(found -> new UsersAnswer(
                        found.rows().stream().map(AdminApi::answer).toList(), found.total(), page, perPage));
    }

    private static long number(String text, long fallback) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : fallback;
    }

    private static Optional<UserQuery.Order> order(String name) {
        try {
            return Optional.of(UserQuery.Order.valueOf(name.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    private static UserQuery.State state(String name) {
        try {
            return UserQuery.State.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            return UserQuery.State.ANY;
        }
    }

    private static UserAnswer answer(UserSummary user) {
        return new UserAnswer(
                user.id(),
                user.username(),
                user.email(),
                user.confirmed() ? 1 : 0,
                user.blocked() ? 1 : 0,
                Times.textOrEmpty(user.lastSeen()),
                Times.text(user.createdAt()),
                user.devices());
    }

    public Future<?> create(Request call, SessionIdentity administrator, CreateRequest request) {
        String username = requireNonNullElse(request.username(), "").strip();
        String email = requireNonNullElse(request.email(), "").strip();
        String password = requireNonNullElse(request.password(), "");
        if (username.isEmpty() || email.isEmpty() || password.isEmpty()) {
            return Message.REGISTRATION_INCOMPLETE.refuse();
        }
        return administration
                .createUser(call.actor(administrator), new NewUser(username, email, password))
                .map(id -> new Created("ok", id));
    }

    public Future<?> block(Request call, SessionIdentity administrator, BlockRequest request) {
        return administration
                .block(call.actor(administrator), id(call), Optional.ofNullable(request.blocked()))
                .map(blocked -> new Blocked("ok", blocked ? 1 : 0));
    }

    public Future<?> resetPassword(Request call, SessionIdentity administrator) {
        return administration
                .resetPassword(call.actor(administrator), id(call))
                .map(password -> new NewPassword("ok", password));
    }

    public Future<?> edit(Request call, SessionIdentity administrator, EditRequest request) {
        UserEdit edit = new UserEdit(
                Optional.ofNullable(request.username()).map(String::strip),
                Optional.ofNullable(request.email()).map(String::strip));
        return administration
                .editUser(call.actor(administrator), id(call), edit)
                .map(new Status("ok"));
    }

    /** A missing user counts as deleted: the answer to the first try may have been lost. */
    public Future<?> delete(Request call, SessionIdentity administrator) {
        return administration.deleteUser(call.actor(administrator), id(call)).map(new Status("deleted"));
    }

    private static String id(Request call) {
        return call.pathParameter("id");
    }
}
