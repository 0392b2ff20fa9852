package io.verstak.server.http.web.admin;

import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.backup.BackupSchedule;
import io.verstak.server.domain.MailView;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.domain.listing.Counts;
import io.verstak.server.domain.listing.SecurityEvent;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Engines;
import io.verstak.server.metrics.Health;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.metrics.RequestCounts;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.metrics.Statistics.Day;
import io.verstak.server.metrics.Statistics.Snapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state of the server at a glance: health, tasks, numbers, charts and the latest events. */
public final class OverviewPage {
    private static final int DAYS = 30;
    private static final Set<String> RANGES = Set.of("7", "90");
    private static final int EVENTS = 8;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long LITTLE_BYTES = 1L << 30;
    private static final int LITTLE_PERCENT = 10;
    private static final int OLD_BACKUP_DAYS = 7;
    private static final int FREE_STEPS = 64;

    private static final String SETTINGS = "/admin/settings";

    private final Health health;
    private final Statistics statistics;
    private final Inventory inventory;
    private final Engines engines;
    private final OutgoingMail outgoing;
    private final AdministratorSessions administrators;
    private final BackupSchedule backups;
    private final SecurityLog log;
    private final ServerSettings settings;

    /** A day of the charts. */
    public record Point(long startsAt, long operations, long blobBytes, long databaseBytes) {}

    /** A task, its page, and how many things it is about. */
    public record Warning(String name, String link, long count) {}

    /** A thing to do before the server is of use, and where. */
    public record Step(String name, String link, boolean done) {}

    /**
     * The content of the page.
     *
     * @param steps empty once a device is connected
     * @param requests null: they cannot be read
     * @param notices events of the administrator that were not dismissed, latest first
     * @param ownAccount whether the administrator is a user, too
     */
    public record View(
            Health.Report health,
            Snapshot now,
            List<Step> steps,
            List<Warning> warnings,
            int range,
            List<Point> days,
            RequestCounts.@Nullable Days requests,
            List<AuditEvent> events,
            Engines.View engines,
            List<SecurityEvent> notices,
            boolean ownAccount) {}

    /** What a change of the page is found by. */
    public record Figures(
            @Nullable Counts counts,
            @Nullable Long operations24h,
            long freeBytes,
            List<Health.Reason> reasons,
            List<AuditEvent> events) {}

    public OverviewPage(
            Health health,
            Statistics statistics,
            Inventory inventory,
            Engines engines,
            OutgoingMail outgoing,
            AdministratorSessions administrators,
            BackupSchedule backups,
            SecurityLog log,
            ServerSettings settings) {
        this.health = health;
        this.statistics = statistics;
        this.inventory = inventory;
        this.engines = engines;
        this.outgoing = outgoing;
        this.administrators = administrators;
        this.backups = backups;
        this.log = log;
        this.settings = settings;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        Future<Health.Report> report = health.report();
        Future<Snapshot> now = statistics.now();
        int range = RANGES.contains(call.parameter("days")) ? Integer.parseInt(call.parameter("days")) : DAYS;
        Future<List<Day>> days = statistics.days(range).otherwise(List.of());
        Future<Optional<RequestCounts.Days>> requests =
                statistics.requests().days(range).map(Optional::of).otherwise(Optional.empty());
        Future<Optional<MailView>> mail = outgoing.mail().map(Optional::of).otherwise(Optional.empty());
        Future<List<AuditEvent>> events =
                inventory.audit(AuditQuery.latest("", EVENTS)).otherwise(List.of());
        Future<Engines.View> serving = engines.look();
        Future<Boolean> own = administrators.hasOwnAccount(administrator).otherwise(true);
        Future<List<SecurityEvent>> notices = log.notices(administrator).otherwise(List.of());
        return Future.all(List.of(report, now, days, requests, mail, events, serving, own, notices))
                .map(all -> Reply.page(
                        "admin/dashboard",
                        new View(
                                report.result(),
                                now.result(),
                                steps(now.result(), mail.result(), own.result(), serving.result()),
                                warnings(report.result(), now.result(), mail.result(), serving.result()),
                                range,
                                days.result().stream().map(OverviewPage::point).toList(),
                                requests.result().orElse(null),
                                events.result(),
                                serving.result(),
                                notices.result(),
                                own.result())));
    }

    /** Reads what changes on the page while nobody does anything on it; the free space is rounded, as everything written changes it. */
    public Future<Figures> figures() {
        Future<Health.Report> report = health.report();
        Future<Snapshot> now = statistics.now();
        Future<List<AuditEvent>> events =
                inventory.audit(AuditQuery.latest("", EVENTS)).otherwise(List.of());
        return Future.all(report, now, events)
                .map(all -> new Figures(
                        now.result().counts(),
                        now.result().operations24h(),
                        rounded(now.result().disk().freeBytes()),
                        report.result().reasons(),
                        events.result()));
    }

    private static long rounded(@Nullable Long bytes) {
        return bytes == null ? -1 : bytes & -Math.max(1, Long.highestOneBit(bytes) / FREE_STEPS);
    }

    private static Point point(Day day) {
        return new Point(day.day() * DAY_MILLIS, day.operations(), day.blobBytes(), day.databaseBytes());
    }

    /** Nothing, while the figures or the mail server are unknown. */
    private List<Step> steps(Snapshot now, Optional<MailView> mail, boolean own, Engines.View serving) {
        @Nullable Counts counts = now.counts();
        if (counts == null || mail.isEmpty() || counts.people().activeDevices() > 0) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>(List.of(
                new Step("account", "/admin/own-account", own || counts.people().users() > 0),
                new Step("mail", "/setup/mail", !mail.get().host().isEmpty()),
                new Step("address", SETTINGS, !settings.now().http().publicUrl().isEmpty())));
        if (serving.ownBackups()) {
            steps.add(new Step("backup", "/admin/backups", now.disk().lastBackup() != null));
        }
        steps.add(new Step("device", own ? "/dashboard" : "/admin/users", false));
        return steps;
    }

    private List<Warning> warnings(Health.Report report, Snapshot now, Optional<MailView> mail, Engines.View serving) {
        List<Warning> warnings = new ArrayList<>();
        if (report.databaseDamaged()) {
            warnings.add(new Warning("database", "/admin/diagnostics", 0));
        } else if (!report.fit()) {
            warnings.add(new Warning("unfit", "/admin/diagnostics", 0));
        } else if (!report.reasons().isEmpty()) {
            warnings.add(new Warning("deaf", "/admin/diagnostics", 0));
        }
        @Nullable Long free = now.disk().freeBytes();
        @Nullable Long total = now.disk().totalBytes();
        if (free != null && total != null && isLittle(free, total)) {
            warnings.add(new Warning("disk", "/admin/storage", free));
        }
        @Nullable Counts counts = now.counts();
        if (counts == null) {
            warnings.add(new Warning("figures", "/admin/diagnostics", 0));
        } else {
            counted(counts, now, mail, serving, warnings);
        }
        if (settings.now().http().publicUrl().isEmpty()) {
            warnings.add(new Warning("no-address", SETTINGS, 0));
        }
        return warnings;
    }

    static boolean isLittle(long free, long total) {
        return free < LITTLE_BYTES || free * 100 < total * LITTLE_PERCENT;
    }

    private void counted(
            Counts counts, Snapshot now, Optional<MailView> mail, Engines.View serving, List<Warning> warnings) {
        if (counts.files().damaged() > 0) {
            warnings.add(new Warning("damaged", "/admin/storage", counts.files().damaged()));
        }
        if (backups.hasFailed()) {
            warnings.add(new Warning("backup-failed", "/admin/backups", 0));
        }
        @Nullable Long backup = now.disk().lastBackup();
        boolean old = backup == null || now.countedAt() - backup > OLD_BACKUP_DAYS * DAY_MILLIS;
        if (old && serving.ownBackups() && counts.logs().operations() > 0) {
            warnings.add(new Warning("backup", "/admin/backups", 0));
        }
        if (mail.isPresent() && mail.get().host().isEmpty()) {
            warnings.add(new Warning("no-mail", SETTINGS, counts.waitingMails()));
        }
        if (counts.failedMails() > 0) {
            warnings.add(new Warning("failed-mail", "/admin/outbox", counts.failedMails()));
        }
    }
}
