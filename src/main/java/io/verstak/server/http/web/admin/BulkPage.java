package io.verstak.server.http.web.admin;

import io.verstak.server.admin.Administration;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.Invitations;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.ErrorMessages;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One action for several users or invitations of a list: a page that names them asks first, and names those that failed. */
public final class BulkPage {
    private static final int MOST = 100;

    private final Administration administration;
    private final AdministratorSessions administrators;
    private final Invitations invitations;
    private final Inventory inventory;

    /** What can be done with several at once. */
    enum Action {
        BLOCK("/admin/users", true),
        UNBLOCK("/admin/users", true),
        RESEND("/admin/users", false),
        REVOKE("/admin/invitations", true);

        private final String list;
        private final boolean confirmed;

        Action(String list, boolean confirmed) {
            this.list = list;
            this.confirmed = confirmed;
        }

        static Action of(FormFields fields) {
            return Arrays.stream(values())
                    .filter(action -> action.key().equals(fields.get("action")))
                    .findFirst()
                    .orElseThrow(() -> new ServerException(ErrorCode.INVALID_REQUEST));
        }

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A user or an invitation. */
    public record Item(String id, String name) {}

    /** One that an action failed for, and the key of the reason's text. */
    public record Failure(String name, String reason) {}

    /**
     * The content of the page.
     *
     * @param confirmed whether the administrator must prove who it is
     * @param done of how many it was done; -1: of none yet
     */
    public record View(
            String action, String list, boolean confirmed, List<Item> items, long done, List<Failure> failures) {}

    public BulkPage(
            Administration administration,
            AdministratorSessions administrators,
            Invitations invitations,
            Inventory inventory) {
        this.administration = administration;
        this.administrators = administrators;
        this.invitations = invitations;
        this.inventory = inventory;
    }

    /** Leads to the list: there is nothing to ask without a choice. */
    public Future<Reply> users(Request call, SessionIdentity administrator) {
        return Future.succeededFuture(Reply.to(Action.BLOCK.list));
    }

    /** Asks whether it shall be done. */
    public Future<Reply> ask(Request call, SessionIdentity administrator, FormFields fields) {
        Action action = Action.of(fields);
        return items(action, fields)
                .map(items -> items.isEmpty() ? Reply.to(action.list).flash("bulk-none") : page(action, items));
    }

    private static Reply page(Action action, List<Item> items) {
        return Reply.page("admin/bulk", new View(action.key(), action.list, action.confirmed, items, -1, List.of()));
    }

    /** Does it, one after the other, and tells which ones failed. */
    public Future<Reply> run(Request call, SessionIdentity administrator, FormFields fields) {
        Action action = Action.of(fields);
        return items(action, fields)
                .compose(items -> allowed(action, call, administrator, fields)
                        .compose(actor -> all(action, actor, items))
                        .map(failures -> withMissing(fields, items, failures))
                        .map(failures -> failures.isEmpty()
                                ? Reply.to(action.list).flash("bulk-done")
                                : Reply.page(
                                        "admin/bulk",
                                        new View(
                                                action.key(),
                                                action.list,
                                                action.confirmed,
                                                List.of(),
                                                fields.all("id").stream()
                                                                .distinct()
                                                                .count()
                                                        - failures.size(),
                                                failures)))
                        .recover(Reply.again(() -> Future.succeededFuture(page(action, items)))));
    }

    /** Adds those that were chosen and are no longer there. */
    private static List<Failure> withMissing(FormFields fields, List<Item> items, List<Failure> failures) {
        List<Failure> all = new ArrayList<>(failures);
        fields.all("id").stream()
                .distinct()
                .filter(id -> items.stream().noneMatch(item -> item.id().equals(id)))
                .forEach(id -> all.add(new Failure(id, "admin.bulk.gone")));
        return all;
    }

    private Future<Actor> allowed(Action action, Request call, SessionIdentity administrator, FormFields fields) {
        return action.confirmed
                ? AdminForms.confirmed(administrators, call, administrator, fields, Future::succeededFuture)
                : Future.succeededFuture(call.actor(administrator));
    }

    /** The chosen ones that are still there. */
    private Future<List<Item>> items(Action action, FormFields fields) {
        List<Future<Optional<Item>>> found = fields.all("id").stream()
                .distinct()
                .limit(MOST)
                .map(id -> action == Action.REVOKE ? invitation(id) : user(id))
                .toList();
        return Future.all(found)
                .map(all -> found.stream()
                        .map(Future::result)
                        .flatMap(Optional::stream)
                        .toList());
    }

    private Future<Optional<Item>> user(String id) {
        return inventory.user(id).map(found -> found.map(user -> new Item(id, user.username())));
    }

    private Future<Optional<Item>> invitation(String id) {
        return inventory
                .invitation(id)
                .map(found -> found.map(one -> new Item(id, one.email().isEmpty() ? id : one.email())));
    }

    private Future<List<Failure>> all(Action action, Actor actor, List<Item> items) {
        List<Failure> failures = new ArrayList<>();
        Future<Void> done = Future.succeededFuture();
        for (Item item : items) {
            done = done.compose(before -> one(action, actor, item.id()).recover(failure -> {
                failures.add(new Failure(item.name(), reason(failure)));
                return Future.succeededFuture();
            }));
        }
        return done.map(failures);
    }

    private Future<Void> one(Action action, Actor actor, String id) {
        return switch (action) {
            case BLOCK -> administration.block(actor, id, Optional.of(true)).mapEmpty();
            case UNBLOCK -> administration.block(actor, id, Optional.of(false)).mapEmpty();
            case RESEND -> administration.resendConfirmation(actor, id);
            case REVOKE -> invitations.revoke(actor, id);
        };
    }

    private static String reason(Throwable failure) {
        return failure instanceof ServerException refusal
                ? refusal.message()
                        .map(ErrorMessages::key)
                        .orElse("error." + refusal.code().status() + ".advice")
                : "error.500.advice";
    }
}
