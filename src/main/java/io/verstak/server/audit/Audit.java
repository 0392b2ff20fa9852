package io.verstak.server.audit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.NetworkKey;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates entries of the audit log. The entry of a change is written with the change. Refusals, of which a caller can cause any
 * number, are summed: the first of a kind from an address in a minute is written at once, the others together after the minute.
 * A typed name is never written: it may be a password in the wrong field.
 *
 * <p>Safe for any thread.
 */
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private final Outage outage = new Outage(LOG, "entries of the audit log cannot be written");

    /** Combinations of kind, address and name that are summed separately in one minute; the others are summed by kind alone. */
    private static final int MAX_TOLD_APART = 256;

    private final AuditStore store;
    private final Clock clock;
    private final Map<Kind, AuditEntry> waiting = new LinkedHashMap<>();
    private long minute;
    private final Map<AuditType, LongAdder> refusals = new EnumMap<>(AuditType.class);
    /** Completes when all current writes are done. */
    private Future<Void> written = Future.succeededFuture();

    private record Kind(AuditType type, String network, String userId, String text) {}

    public Audit(AuditStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
        Arrays.stream(AuditType.values())
                .filter(AuditType::isRefusal)
                .forEach(type -> refusals.put(type, new LongAdder()));
    }

    /** Registers counters of refusals by type, including those that the log sums up. */
    public void measure(MeterRegistry registry) {
        refusals.forEach((type, count) -> FunctionCounter.builder("verstak.access.refusals", count, LongAdder::sum)
                .description("Logins, tokens and links that were refused, and tries above a limit")
                .tag("kind", type.key())
                .register(registry));
    }

    /** Returns an entry about a user and a request from an address, with the current time. */
    public AuditEntry entry(AuditType type, String userId, InetAddress from) {
        return entry(type, userId, "", from.getHostAddress());
    }

    /** Returns an entry about the user of a session, with the browser. */
    public AuditEntry entry(AuditType type, SessionIdentity session, InetAddress from) {
        return entry(type, session.owner(), from).agent(session.userAgent());
    }

    public AuditEntry entry(AuditType type, String userId, String deviceId, String address) {
        return new AuditEntry(type.key(), userId, deviceId, address, type.text(), 1, clock.millis()).told(type.told());
    }

    /** Returns an entry about a user and a request from an address, with its particulars in brackets. */
    public AuditEntry entry(AuditType type, String userId, InetAddress from, Collection<String> what) {
        String text = "%s (%s)".formatted(type.text(), String.join(", ", what));
        return new AuditEntry(type.key(), userId, "", from.getHostAddress(), text, 1, clock.millis()).told(type.told());
    }

    /** Writes an entry that belongs to no change, without waiting for it. */
    public void note(AuditEntry entry) {
        write(List.of(entry));
    }

    /** Returns an entry about an administrator's action. */
    public AuditEntry by(Actor actor, AuditType type, String userId, String deviceId) {
        return new AuditEntry(
                        type.key(), userId, deviceId, actor.from(), text(type, actor, List.of()), 1, clock.millis())
                .administrator(actor.name())
                .told(type.told());
    }

    /** Returns an entry about what an administrator changed: names of settings or administrators, never values of settings. */
    public AuditEntry by(Actor actor, AuditType type, Collection<String> what) {
        return new AuditEntry(type.key(), "", "", actor.from(), text(type, actor, what), 1, clock.millis())
                .administrator(actor.name())
                .told(type.told());
    }

    /** Returns the text of an event with its actor and its objects. */
    public static String text(AuditType type, Actor actor, Collection<String> what) {
        String whom = actor.name() + (what.isEmpty() ? "" : ": " + String.join(", ", what));
        return "%s (%s)".formatted(type.text(), whom);
    }

    /** Notes a refusal; {@code userId} is empty for an unknown user. */
    public void refused(AuditType type, String userId, InetAddress from) {
        refused(type, from, entry(type, userId, from));
    }

    /** Notes a refusal to a known administrator. */
    public void refused(AuditType type, Actor administrator, InetAddress from) {
        refused(type, from, by(administrator, type, "", ""));
    }

    private void refused(AuditType type, InetAddress from, AuditEntry entry) {
        refusals.getOrDefault(type, new LongAdder()).increment();
        List<AuditEntry> due = new ArrayList<>();
        synchronized (this) {
            due.addAll(ofMinutesPast());
            Kind kind = new Kind(type, NetworkKey.of(from).text(), entry.userId(), entry.text());
            if (waiting.containsKey(kind)) {
                waiting.computeIfPresent(kind, (same, sum) -> plus(sum, 1));
            } else if (waiting.size() < MAX_TOLD_APART) {
                waiting.put(kind, plus(entry, -1));
                due.add(entry);
            } else {
                AuditEntry elsewhere = entry(type, "", "", "");
                waiting.merge(new Kind(type, "", "", ""), elsewhere, (sum, one) -> plus(sum, 1));
            }
        }
        write(due);
    }

    /** Writes an entry that belongs to no change of the database. */
    public Future<Void> write(AuditEntry entry) {
        return write(List.of(entry));
    }

    /** Writes the sums of minutes that are over. */
    public Future<Void> flush() {
        List<AuditEntry> due;
        synchronized (this) {
            due = ofMinutesPast();
        }
        return write(due);
    }

    /** Writes all sums, and completes when all writes are done; for the end of the process. */
    public Future<Void> flushAll() {
        List<AuditEntry> due;
        synchronized (this) {
            due = takeAll();
        }
        write(due);
        synchronized (this) {
            return written;
        }
    }

    private List<AuditEntry> ofMinutesPast() {
        long now = TimeUnit.MILLISECONDS.toMinutes(clock.millis());
        List<AuditEntry> due = now == minute ? List.of() : takeAll();
        minute = now;
        return due;
    }

    private List<AuditEntry> takeAll() {
        List<AuditEntry> sums =
                waiting.values().stream().filter(sum -> sum.times() > 0).toList();
        waiting.clear();
        return sums;
    }

    private static AuditEntry plus(AuditEntry sum, int times) {
        return sum.times(sum.times() + times);
    }

    private Future<Void> write(List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return Future.succeededFuture();
        }
        Future<Void> writing = outage.watch(store.add(entries));
        synchronized (this) {
            written = Future.join(written, writing).transform(done -> Future.succeededFuture());
        }
        return writing;
    }
}
