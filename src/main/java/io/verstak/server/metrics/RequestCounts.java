package io.verstak.server.metrics;

import io.verstak.server.error.Outage;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.stats.RequestDayStore;
import io.verstak.server.storage.stats.RequestDayStore.Group;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.slf4j.LoggerFactory;

/**
 * Counts requests for the charts of the overview: how many were answered, refused and failed, and how long they took. The counts are
 * added to the database once a minute and at the end, so they survive a restart, and those of several nodes add up. Safe for any
 * thread; futures complete on the caller's context.
 */
public final class RequestCounts {
    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    /** Ends of the groups in milliseconds. The first is of requests whose time says nothing; the last has no end. */
    private static final long[] BOUNDS = {0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 60_000};

    private static final int[] OUTCOMES = {2, 4, 5};
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final Outage noting =
            new Outage(LoggerFactory.getLogger(RequestCounts.class), "counts of requests cannot be noted");
    private final RequestDayStore store;
    private final Clock clock;
    private final AtomicLongArray counted = new AtomicLongArray(OUTCOMES.length * BOUNDS.length);

    /**
     * Requests of a day, or of several.
     *
     * @param median milliseconds within which half of the requests was answered; 0: there were none
     * @param slowest milliseconds within which 95 of 100 were answered
     */
    public record Figures(long day, long requests, long refused, long failed, long median, long slowest) {}

    /** @param all of these days together */
    public record Days(List<Figures> days, Figures all) {}

    public RequestCounts(Database database, Clock clock) {
        this.store = new RequestDayStore(database);
        this.clock = clock;
    }

    /** Counts a request; {@code nanos} below 0 stands for a time that says nothing about the server. */
    public void count(int status, long nanos) {
        int outcome = status >= SERVER_ERROR ? 2 : status >= CLIENT_ERROR ? 1 : 0;
        counted.incrementAndGet(outcome * BOUNDS.length + bound(nanos));
    }

    private static int bound(long nanos) {
        if (nanos < 0) {
            return 0;
        }
        int bound = 1;
        while (bound < BOUNDS.length - 1 && nanos > TimeUnit.MILLISECONDS.toNanos(BOUNDS[bound])) {
            bound++;
        }
        return bound;
    }

    /** Adds to the database what was counted since the last time; what could not be added is added the next time. */
    public Future<Void> note() {
        long today = clock.millis() / DAY_MILLIS;
        List<Group> groups = new ArrayList<>();
        long[] taken = new long[counted.length()];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = counted.getAndSet(i, 0);
            if (taken[i] > 0) {
                groups.add(new Group(today, OUTCOMES[i / BOUNDS.length], BOUNDS[i % BOUNDS.length], taken[i]));
            }
        }
        return groups.isEmpty()
                ? Future.succeededFuture()
                : noting.watch(store.add(today, groups)).onFailure(failed -> {
                    for (int i = 0; i < taken.length; i++) {
                        counted.addAndGet(i, taken[i]);
                    }
                });
    }

    /** Returns the latest days, today last, as far as they are noted. */
    public Future<Days> days(int count) {
        long today = clock.millis() / DAY_MILLIS;
        long first = today - count + 1;
        return store.since(first)
                .map(groups -> new Days(
                        LongStream.rangeClosed(first, today)
                                .mapToObj(day -> figures(
                                        day,
                                        groups.stream()
                                                .filter(group -> group.day() == day)
                                                .toList()))
                                .toList(),
                        figures(today, groups)));
    }

    private static Figures figures(long day, List<Group> groups) {
        return new Figures(
                day,
                groups.stream().mapToLong(Group::requests).sum(),
                sum(groups, OUTCOMES[1]),
                sum(groups, OUTCOMES[2]),
                within(groups, 0.5),
                within(groups, 0.95));
    }

    private static long sum(List<Group> groups, int outcome) {
        return groups.stream()
                .filter(group -> group.outcome() == outcome)
                .mapToLong(Group::requests)
                .sum();
    }

    /** The time within which this share of the requests was answered, evenly spread within its group. */
    private static long within(List<Group> groups, double share) {
        long[] byBound = new long[BOUNDS.length];
        for (Group group : groups) {
            for (int i = 1; i < BOUNDS.length; i++) {
                byBound[i] += group.millis() == BOUNDS[i] ? group.requests() : 0;
            }
        }
        double wanted = share * LongStream.of(byBound).sum();
        long before = 0;
        for (int i = 1; i < BOUNDS.length; i++) {
            if (byBound[i] > 0 && before + byBound[i] >= wanted) {
                double part = (wanted - before) / byBound[i];
                return (long) Math.ceil(BOUNDS[i - 1] + part * (BOUNDS[i] - BOUNDS[i - 1]));
            }
            before += byBound[i];
        }
        return 0;
    }
}
