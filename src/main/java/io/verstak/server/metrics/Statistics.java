package io.verstak.server.metrics;

import io.verstak.server.domain.listing.Counts;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.stats.ActivityStore;
import io.verstak.server.storage.stats.ActivityStore.Stored;
import io.verstak.server.storage.stats.StatisticsStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much there is of everything, and how it grew. While counting costs next to nothing every answer is counted anew; on a
 * large server the latest count is shown, renewed behind the answers and never more than a minute old, so that the numbers take
 * a bounded part of the database's time however often somebody looks.
 *
 * <p>Safe for any thread; futures complete on the caller's context.
 */
public final class Statistics extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Statistics.class);
    private static final long NOTE_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long RENEW_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /** Up to this many rows are counted with every question. */
    private static final long FEW_ROWS = 50_000;

    /** A count that took a millisecond is shown for this many. */
    private static final int SHOWN_TIMES_COST = 50;

    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final int HOURS = 24;

    private final Outage countingFails = new Outage(LOG, "the figures of the overview cannot be counted");
    private final Outage notingFails = new Outage(LOG, "activity cannot be noted");
    private final DataUsage usage;
    private final Vertx workers;
    private final Database database;
    private final Clock clock;
    private final StatisticsStore store;
    private final ActivityStore activity;
    private final RequestCounts requests;
    private final AtomicReference<@Nullable Sample> latest = new AtomicReference<>();
    private final AtomicReference<@Nullable Future<Sample>> counting = new AtomicReference<>();
    private long noted;
    private Future<Void> noting = Future.succeededFuture();

    /** The latest count on its way into the charts; touched on the verticle's context only. */
    private Future<Void> storing = Future.succeededFuture();

    /**
     * What could be counted.
     *
     * @param counts null: unknown, the database cannot be read
     * @param operations24h of the running hour and the 23 before it; null: unknown
     */
    public record Snapshot(
            @Nullable Counts counts, @Nullable Long operations24h, Disk disk, long countedAt) {}

    /**
     * What the disk says; a figure that it does not give is null.
     *
     * @param tempUploads files of uploads that go on, or were broken by a crash
     * @param lastBackup milliseconds since the epoch; null: never
     */
    public record Disk(
            @Nullable Long databaseBytes,
            @Nullable Long tempUploads,
            @Nullable Long freeBytes,
            @Nullable Long totalBytes,
            @Nullable Long lastBackup) {}

    /** A day of the charts; {@code day} counts from 1970, and a day that was not noted repeats what was stored before it. */
    public record Day(long day, long operations, long blobBytes, long databaseBytes) {}

    private record Sample(Snapshot snapshot, long takenAtNanos, long costNanos) {
        long ageNanos() {
            return System.nanoTime() - takenAtNanos;
        }
    }

    public Statistics(Vertx vertx, Database database, DataDirectory directory, Clock clock) {
        this.workers = vertx;
        this.database = database;
        this.usage = new DataUsage(database, directory, clock);
        this.clock = clock;
        this.store = new StatisticsStore(database);
        this.activity = new ActivityStore(database);
        this.requests = new RequestCounts(database, clock);
    }

    /** Begins to note what the charts show. */
    @Override
    public Future<?> start() {
        vertx.setPeriodic(NOTE_MILLIS, tick -> noteOperations());
        vertx.setPeriodic(RENEW_MILLIS, tick -> requests.note());
        vertx.setPeriodic(0, RENEW_MILLIS, tick -> storing = renew().compose(this::noteStored));
        return Future.succeededFuture();
    }

    /** Waits for what is being counted and noted, and notes the last of it. */
    @Override
    public Future<?> stop() {
        return storing.transform(stored -> settled())
                .compose(done -> noteOperations())
                .transform(done -> requests.note())
                .otherwiseEmpty();
    }

    /** Returns the counts of requests. */
    public RequestCounts requests() {
        return requests;
    }

    /** The numbers as they are, or were less than a minute ago. */
    public Future<Snapshot> now() {
        Sample kept = latest.get();
        @Nullable Counts counts = kept == null ? null : kept.snapshot().counts();
        if (kept == null || counts == null || counts.rows() <= FEW_ROWS) {
            return count().map(Sample::snapshot);
        }
        if (kept.ageNanos() > kept.costNanos() * SHOWN_TIMES_COST) {
            renew();
        }
        return Future.succeededFuture(kept.snapshot());
    }

    /** One count at a time. */
    private Future<Sample> renew() {
        Future<Sample> running = counting.get();
        if (running != null) {
            return running;
        }
        Future<Sample> begun = count();
        counting.set(begun);
        return begun.onComplete(done -> counting.set(null));
    }

    private Future<Sample> count() {
        long now = clock.millis();
        long begun = System.nanoTime();
        Future<Optional<Counts>> counts = known(store.count(now));
        Future<Optional<Long>> operations = known(operations24h(now));
        Future<Disk> disk = workers.executeBlocking(usage::look, false);
        return Future.all(counts, operations, disk).map(all -> {
            Snapshot snapshot = new Snapshot(
                    counts.result().orElse(null), operations.result().orElse(null), disk.result(), now);
            Sample sample = new Sample(snapshot, System.nanoTime(), System.nanoTime() - begun);
            latest.set(sample);
            return sample;
        });
    }

    private <T> Future<Optional<T>> known(Future<T> figure) {
        return countingFails.watch(figure).map(Optional::of).otherwise(Optional.empty());
    }

    private Future<Long> operations24h(long now) {
        return settled()
                .compose(before -> activity.since(now / HOUR_MILLIS - HOURS + 1)
                        .compose(stored -> before == noted()
                                ? Future.succeededFuture(stored + database.acceptedOps() - before)
                                : operations24h(now)));
    }

    /** What is noted, when nothing is being noted. The note is another context's: the caller stays on its own. */
    private Future<Long> settled() {
        Future<Void> noting = noting();
        return noting.isComplete()
                ? Future.succeededFuture(noted())
                : Future.fromCompletionStage(noting.toCompletionStage(), workers.getOrCreateContext())
                        .transform(done -> Future.succeededFuture(noted()));
    }

    /** The latest days, today last. */
    public Future<List<Day>> days(int count) {
        long today = clock.millis() / DAY_MILLIS;
        long first = today - count + 1;
        return operationsByDay(first, today)
                .compose(operations -> activity.storedByDay(first)
                        .compose(stored -> now().map(now -> days(first, today, operations, stored, now))));
    }

    /** With what has yet to be noted: nobody who looks waits for a writer. */
    private Future<Map<Long, Long>> operationsByDay(long first, long today) {
        return settled()
                .compose(before -> activity.byDay(first).compose(operations -> {
                    if (before != noted()) {
                        return operationsByDay(first, today);
                    }
                    operations.merge(today, database.acceptedOps() - before, Long::sum);
                    return Future.succeededFuture(operations);
                }));
    }

    private static List<Day> days(
            long first, long today, Map<Long, Long> operations, Map<Long, Stored> stored, Snapshot now) {
        List<Day> days = new ArrayList<>();
        Stored latest = new Stored(0, 0);
        for (long day = first; day < today; day++) {
            latest = stored.getOrDefault(day, latest);
            days.add(new Day(day, operations.getOrDefault(day, 0L), latest.blobBytes(), latest.databaseBytes()));
        }
        @Nullable Counts counts = now.counts();
        @Nullable Long databaseBytes = now.disk().databaseBytes();
        days.add(new Day(
                today,
                operations.getOrDefault(today, 0L),
                counts == null ? latest.blobBytes() : counts.files().bytes(),
                databaseBytes == null ? latest.databaseBytes() : databaseBytes));
        return days;
    }

    /** One note at a time: a note that failed is made again, with what came in between. */
    private synchronized Future<Void> noteOperations() {
        if (!noting.isComplete()) {
            return noting;
        }
        long total = database.acceptedOps();
        long since = total - noted;
        if (since == 0) {
            return Future.succeededFuture();
        }
        noting = notingFails.watch(
                activity.add(clock.millis() / HOUR_MILLIS, since).onSuccess(done -> noted(total)));
        return noting;
    }

    private synchronized void noted(long total) {
        noted = total;
    }

    private synchronized long noted() {
        return noted;
    }

    private synchronized Future<Void> noting() {
        return noting;
    }

    private Future<Void> noteStored(Sample sample) {
        Snapshot snapshot = sample.snapshot();
        @Nullable Counts counts = snapshot.counts();
        @Nullable Long databaseBytes = snapshot.disk().databaseBytes();
        return counts == null || databaseBytes == null
                ? Future.succeededFuture()
                : notingFails.watch(activity.note(
                        snapshot.countedAt() / DAY_MILLIS,
                        new Stored(counts.files().bytes(), databaseBytes)));
    }
}
