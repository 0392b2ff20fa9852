package io.verstak.server.http.web.admin;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.http.core.Request;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The lists of the administrators' pages as CSV files: all that the page's filters select, in its order. */
public final class ListDownloads {
    private final Inventory inventory;
    private final Clock clock;

    public ListDownloads(Inventory inventory, Clock clock) {
        this.inventory = inventory;
        this.clock = clock;
    }

    public Future<Void> users(Request call, SessionIdentity administrator) {
        return CsvDownload.send(
                call,
                "users.csv",
                List.of(
                        "id",
                        "username",
                        "email",
                        "confirmed",
                        "blocked",
                        "devices",
                        "quota_bytes",
                        "last_seen",
                        "created_at",
                        "delete_after"),
                (after, offset, limit) -> inventory.users(UsersPage.query(call, offset, limit)),
                user -> cells(
                        user.id(),
                        user.username(),
                        user.email(),
                        user.confirmed(),
                        user.blocked(),
                        user.devices(),
                        user.quotaBytes(),
                        time(user.lastSeen()),
                        time(user.createdAt()),
                        time(user.deleteAfter())));
    }

    public Future<Void> devices(Request call, SessionIdentity administrator) {
        return CsvDownload.send(
                call,
                "devices.csv",
                List.of(
                        "id",
                        "name",
                        "client_version",
                        "username",
                        "vault_id",
                        "last_seen",
                        "created_at",
                        "revoked_at",
                        "vault_name"),
                (after, offset, limit) -> inventory.devices(DevicesPage.query(call, after, offset, limit)),
                device -> cells(
                        device.id(),
                        device.name(),
                        device.clientVersion(),
                        device.username(),
                        device.vaultId(),
                        time(device.lastSeen()),
                        time(device.createdAt()),
                        time(device.revokedAt()),
                        device.vaultName()));
    }

    public Future<Void> vaults(Request call, SessionIdentity administrator) {
        return CsvDownload.send(
                call,
                "vaults.csv",
                List.of(
                        "vault_id",
                        "username",
                        "operations",
                        "devices",
                        "blob_bytes",
                        "last_push",
                        "created_at",
                        "name",
                        "delete_after"),
                (after, offset, limit) -> inventory.vaults(VaultsPage.query(call, after, offset, limit)),
                vault -> cells(
                        vault.vaultId(),
                        vault.username(),
                        vault.operations(),
                        vault.devices(),
                        vault.blobBytes(),
                        time(vault.lastPush()),
                        time(vault.createdAt()),
                        vault.name(),
                        time(vault.deleteAfter())));
    }

    public Future<Void> audit(Request call, SessionIdentity administrator) {
        return CsvDownload.send(
                call,
                "audit.csv",
                List.of(
                        "time",
                        "type",
                        "text",
                        "user_id",
                        "username",
                        "device_id",
                        "subject",
                        "administrator",
                        "agent",
                        "method",
                        "address",
                        "times"),
                (after, offset, limit) -> events(call, after, limit),
                event -> cells(
                        time(event.at()),
                        event.type(),
                        event.text(),
                        event.userId(),
                        event.username(),
                        event.deviceId(),
                        event.subject(),
                        event.administrator(),
                        event.agent(),
                        event.method(),
                        event.address(),
                        event.times()));
    }

    private Future<Page<AuditEvent>> events(Request call, String after, int limit) {
        AuditQuery query = AuditPage.query(call, clock, Position.of(after).orElse(Position.FIRST), false, limit + 1);
        return inventory
                .audit(query)
                .map(found -> Page.walked(found, limit, last -> new Position(last.at(), last.id()).name()));
    }

    private static List<?> cells(@Nullable Object... values) {
        return Arrays.asList(values);
    }

    private static @Nullable String time(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis).toString();
    }
}
