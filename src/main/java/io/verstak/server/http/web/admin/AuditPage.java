package io.verstak.server.http.web.admin;

import io.verstak.server.admin.ServerSettings;
import io.verstak.server.audit.AuditType;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The audit log, latest first. A page is addressed by the entry before it, so that the millionth costs as much as the
 * first.
 */
public final class AuditPage {
    private static final int SIZE = 50;

    /** Entries written by the log, the clean-up, an upgrade and a restore. */
    private static final List<String> ELSEWHERE = List.of(
            "backup",
            "backup_damaged",
            "backup_downloaded",
            "backup_failed",
            "backup_verified",
            "cleanup",
            "failover",
            "log_damaged",
            "log_skipped",
            "restored");

    private final Inventory inventory;
    private final ServerSettings settings;
    private final Clock clock;

    /**
     * The content of the page.
     *
     * @param retentionDays how long entries are kept
     * @param older the address of the page with earlier entries; empty if there is none
     * @param newer the address of the page with later entries; empty if there is none
     */
    public record View(
            List<AuditEvent> events,
            List<String> types,
            String type,
            String user,
            String address,
            String device,
            String days,
            long retentionDays,
            String older,
            String newer) {}

    public AuditPage(Inventory inventory, ServerSettings settings, Clock clock) {
        this.inventory = inventory;
        this.settings = settings;
        this.clock = clock;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        Optional<Position> after = Position.of(call.parameter("after"));
        Position from =
                after.orElseGet(() -> Position.of(call.parameter("before")).orElse(Position.FIRST));
        AuditQuery query = query(call, clock, from, after.isPresent(), SIZE + 1);
        // One more row than the page holds shows whether there is another page.
        return inventory.audit(query).map(found -> Reply.page("admin/audit", view(found, query, days(call))));
    }

    /** Returns what a request selects. */
    static AuditQuery query(Request call, Clock clock, Position from, boolean newer, int limit) {
        String days = days(call);
        long since = days.isEmpty()
                ? 0
                : clock.millis() - Duration.ofDays(Long.parseLong(days)).toMillis();
        return new AuditQuery(
                call.parameter("type"),
                call.parameter("user").strip(),
                call.parameter("address").strip(),
                call.parameter("device").strip(),
                since,
                from,
                newer,
                limit);
    }

    private static String days(Request call) {
        return call.parameter("days").matches("[1-9][0-9]{0,3}") ? call.parameter("days") : "";
    }

    private View view(List<AuditEvent> found, AuditQuery query, String days) {
        boolean upwards = query.newer();
        String filter = Paging.query(
                "/admin/audit",
                "type",
                query.type(),
                "user",
                query.user(),
                "address",
                query.address(),
                "device",
                query.device(),
                "days",
                days);
        boolean more = found.size() > SIZE;
        List<AuditEvent> page = !more ? found : upwards ? found.subList(1, SIZE + 1) : found.subList(0, SIZE);
        boolean hasOlder = !page.isEmpty() && (upwards || more);
        boolean hasNewer = !page.isEmpty() && (upwards ? more : !query.from().equals(Position.FIRST));
        return new View(
                page,
                Stream.concat(Arrays.stream(AuditType.values()).map(AuditType::key), ELSEWHERE.stream())
                        .toList(),
                query.type(),
                query.user(),
                query.address(),
                query.device(),
                days,
                settings.now().retention().auditDays(),
                hasOlder ? filter + "before=" + position(page.get(page.size() - 1)) : "",
                hasNewer ? filter + "after=" + position(page.get(0)) : "");
    }

    private static String position(AuditEvent event) {
        return new Position(event.at(), event.id()).name();
    }
}
