package io.verstak.server.http.web.admin;

import io.verstak.server.admin.Administration;
import io.verstak.server.admin.Administration.UserEdit;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.AdministratorSummary;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.DeviceSummary;
import io.verstak.server.domain.listing.UserSummary;
import io.verstak.server.domain.listing.VaultSummary;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One user: devices, vaults, what happened, and what an administrator can do. */
public final class UserPage {
    private static final int EVENTS = 10;
    private static final long GIBIBYTE = 1L << 30;

    private final Administration administration;
    private final AdministratorSessions administrators;
    private final Inventory inventory;
    private final ServerSettings settings;
    private final OneTimeSecrets secrets;

    /**
     * What the page shows.
     *
     * @param administrator the name as which the user administers the server; empty: the user does not
     * @param moreDevices whether there are more than these
     * @param username what the form for it holds, as the next ones
     * @param quotaGibibytes empty: the server's
     * @param secret a password that was made a moment ago; empty: none
     * @param failed the form that was refused; empty: none
     */
    public record View(
            UserSummary user,
            String administrator,
            List<DeviceSummary> devices,
            boolean moreDevices,
            List<VaultSummary> vaults,
            List<AuditEvent> events,
            long usedBytes,
            long quotaBytes,
            String username,
            String email,
            String quotaGibibytes,
            long defaultQuota,
            String secret,
            String failed) {}

    public UserPage(
            Administration administration,
            AdministratorSessions administrators,
            Inventory inventory,
            ServerSettings settings,
            OneTimeSecrets secrets) {
        this.administration = administration;
        this.administrators = administrators;
        this.inventory = inventory;
        this.settings = settings;
        this.secrets = secrets;
    }

    /** The address of a user's page. */
    static String path(String id) {
        return "/admin/user?id=" + id;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String id = call.parameter("id");
        String secret = secrets.taken(call, administrator, path(id));
        return page(id, secret, "", Optional.empty()).map(page -> OneTimeSecrets.shown(page, secret));
    }

    /** @param typed what the form that was refused held */
    private Future<Reply> page(String id, String secret, String failed, Optional<FormFields> typed) {
        return inventory.user(id).compose(found -> {
            UserSummary user = found.orElseThrow(() -> new ServerException(Message.USER_NOT_FOUND));
            Future<List<DeviceSummary>> devices = inventory.devicesOfUser(id, Paging.SHOWN + 1);
            Future<List<VaultSummary>> vaults = inventory.vaultsOfUser(id);
            Future<List<AuditEvent>> events = inventory.audit(AuditQuery.latest(id, EVENTS));
            Future<String> administers = inventory
                    .administrators()
                    .map(all -> all.stream()
                            .filter(each -> each.userId().equals(id))
                            .map(AdministratorSummary::username)
                            .findFirst()
                            .orElse(""));
            return Future.all(devices, vaults, events, administers)
                    .map(all -> Reply.page(
                            "admin/user",
                            view(
                                    user,
                                    administers.result(),
                                    devices.result(),
                                    vaults.result(),
                                    events.result(),
                                    secret,
                                    failed,
                                    typed)));
        });
    }

    private View view(
            UserSummary user,
            String administrator,
            List<DeviceSummary> devices,
            List<VaultSummary> vaults,
            List<AuditEvent> events,
            String secret,
            String failed,
            Optional<FormFields> typed) {
        Optional<FormFields> edited = typed.filter(fields -> failed.equals("edit"));
        Optional<FormFields> limited = typed.filter(fields -> failed.equals("quota"));
        Long quota = user.quotaBytes();
        long used = vaults.stream().mapToLong(VaultSummary::blobBytes).sum();
        return new View(
                user,
                administrator,
                Paging.shown(devices),
                devices.size() > Paging.SHOWN,
                vaults,
                events,
                used,
                quota == null ? settings.now().limits().maxUserBlobBytes() : quota,
                edited.map(fields -> fields.get("username")).orElse(user.username()),
                edited.map(fields -> fields.get("email")).orElse(user.email()),
                limited.map(fields -> fields.get("quota")).orElse(quota == null ? "" : gibibytes(quota)),
                settings.now().limits().maxUserBlobBytes(),
                secret,
                failed);
    }

    private static String gibibytes(long bytes) {
        return bytes % GIBIBYTE == 0
                ? Long.toString(bytes / GIBIBYTE)
                : Double.toString(Math.round(bytes * 1000.0 / GIBIBYTE) / 1000.0);
    }

    /** Takes a proof: who reads the mail at the address can reset the password. */
    public Future<Reply> edit(Request call, SessionIdentity administrator, FormFields fields) {
        UserEdit edit = new UserEdit(
                Optional.of(fields.get("username").strip()),
                Optional.of(fields.get("email").strip()));
        return answered(
                fields,
                "edit",
                "user-saved",
                () -> AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> administration.editUser(actor, fields.get("id"), edit)));
    }

    public Future<Reply> confirm(Request call, SessionIdentity administrator, FormFields fields) {
        return answered(
                fields,
                "confirm",
                "user-confirmed",
                () -> administration.confirmUser(call.actor(administrator), fields.get("id")));
    }

    public Future<Reply> quota(Request call, SessionIdentity administrator, FormFields fields) {
        return answered(
                fields,
                "quota",
                "user-saved",
                () -> administration.setQuota(call.actor(administrator), fields.get("id"), bytes(fields.get("quota"))));
    }

    /** Gibibytes as they are typed, with a point or a comma; empty: the server's quota. */
    private static Optional<Long> bytes(String typed) {
        String number = typed.strip().replace(',', '.');
        if (number.isEmpty()) {
            return Optional.empty();
        }
        if (!number.matches("[0-9]{1,7}(\\.[0-9]{1,3})?")) {
            throw new ServerException(Message.QUOTA_NOT_GIB);
        }
        return Optional.of((long) (Double.parseDouble(number) * GIBIBYTE));
    }

    /** Blocks or lets in again, as the form says: sent twice it does the same. */
    public Future<Reply> block(Request call, SessionIdentity administrator, FormFields fields) {
        boolean block = fields.get("blocked").equals("1");
        return answered(
                fields,
                "block",
                block ? "user-blocked" : "user-unblocked",
                () -> AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> administration
                                .block(actor, fields.get("id"), Optional.of(block))
                                .mapEmpty()));
    }

    public Future<Reply> resetPassword(Request call, SessionIdentity administrator, FormFields fields) {
        String id = fields.get("id");
        return AdminForms.confirmed(
                        administrators, call, administrator, fields, actor -> administration.resetPassword(actor, id))
                .map(password -> secrets.pass(administrator, path(id), password))
                .recover(Reply.again(() -> page(id, "", "reset", Optional.empty())));
    }

    public Future<Reply> delete(Request call, SessionIdentity administrator, FormFields fields) {
        String id = fields.get("id");
        return AdminForms.confirmed(
                        administrators,
                        call,
                        administrator,
                        fields,
                        actor -> named(id, fields).compose(typed -> administration.deleteUser(actor, id)))
                .map(deleted -> Reply.to("/admin/users").flash("user-deleted"))
                .recover(Reply.again(() -> page(id, "", "delete", Optional.empty())));
    }

    /** Deleting a user who is gone needs no name: a form may be sent twice. */
    private Future<Void> named(String id, FormFields fields) {
        return inventory
                .user(id)
                .compose(found -> found.isEmpty()
                        ? Future.succeededFuture()
                        : AdminForms.requireTyped(fields, found.get().username()));
    }

    private Future<Reply> answered(FormFields fields, String form, String message, Supplier<Future<Void>> work) {
        String id = fields.get("id");
        return Future.succeededFuture()
                .compose(checked -> work.get())
                .map(changed -> Reply.to(path(id)).flash(message))
                .recover(Reply.again(() -> page(id, "", form, Optional.of(fields))));
    }
}
