package io.verstak.server.sync;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that writes op logs, those of one lane of the queue: it takes a group, commits it, answers, and takes the next one.
 *
 * <p>Group commit as in DeWitt et al., "Implementation Techniques for Main Memory Database Systems" (1984): a group forms
 * while the previous commit waits for the disk.
 *
 * <p>A scope that another node is writing to is passed over: its work goes to the last lane, which tries it together with that of other
 * such scopes. It waits a moment for the one that waits longest, if it could commit none or if that has waited for long.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** What cannot be committed for so long is refused. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A scope that was passed over for so long is waited for, even if other scopes are not held. */
    private static final long OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final OpLog log;
    private final CommitQueue queue;
    private final int lane;
    private final HeadListener heads;
    private final CommitMeters meters;
    private final Runnable onFatal;
    private final Thread thread;
    private final Map<Long, List<LogWork>> passedOver = new LinkedHashMap<>();
    private long commits;
    private long pushes;

    LogWriter(OpLog log, CommitQueue queue, int lane, HeadListener heads, CommitMeters meters, Runnable onFatal) {
        this.log = log;
        this.queue = queue;
        this.lane = lane;
        this.heads = heads;
        this.meters = meters;
        this.onFatal = onFatal;
        this.thread = new Thread(this::run, "sync-log-writer-" + lane);
    }

    void start() {
        thread.start();
    }

    /** Waits until all queued work is committed and answered. Blocks; the queue must be closed. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            for (List<LogWork> group = queue.take(lane); !group.isEmpty(); group = queue.take(lane)) {
                write(group);
                while (log.upkeep() && queue.isIdle()) {
                    // One piece after each group, and more while nothing waits.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error fault) {
            // Without its writers the server would accept pushes and never answer them.
            LOG.error("the log's writer failed", fault);
            onFatal.run();
        }
        if (commits > 0) {
            LOG.info("log closed: {} pushes in {} commits", pushes, commits);
        }
    }

    private void write(List<LogWork> group) {
        long begun = System.nanoTime();
        boolean patient = queue.isForPutBack(lane);
        boolean alone =
                patient && group.stream().mapToLong(LogWork::scopeId).distinct().count() == 1;
        write(group, alone);
        if (patient && !alone && !passedOver.isEmpty()) {
            List<LogWork> oldest = Collections.min(
                    passedOver.values(),
                    Comparator.comparingLong(works -> works.get(0).since() - begun));
            boolean overdue = begun - oldest.get(0).since() > OVERDUE_NANOS;
            if (overdue || passedOver.values().stream().mapToInt(List::size).sum() == group.size()) {
                passedOver.remove(oldest.get(0).scopeId());
                write(oldest, true);
            }
        }
        putBack();
    }

    /** @param waits for a scope that another node is writing to, a moment; all work is of that scope */
    private void write(List<LogWork> works, boolean waits) {
        List<LogWork.Append> appends = new ArrayList<>(works.size());
        for (LogWork work : works) {
            if (work instanceof LogWork.Append append) {
                appends.add(append);
            } else if (work instanceof LogWork.Skip skip) {
                skip(skip, waits);
            }
        }
        append(appends, waits);
    }

    private void skip(LogWork.Skip skip, boolean waits) {
        try {
            log.trySkipTo(skip.device(), skip.cursor(), waits)
                    .ifPresentOrElse(skip.answer()::complete, () -> passOver(skip));
        } catch (RuntimeException failure) {
            skip.answer().fail(failure);
        }
    }

    /** Returns why the log cannot be written to now, whatever is pushed; null if it can. */
    private @Nullable ServerException append(List<LogWork.Append> group, boolean waits) {
        List<LogWork.Append> left = notPassedOver(group);
        while (!left.isEmpty()) {
            List<PushResult> results;
            try {
                results = commit(left, waits);
            } catch (ServerException unavailable) {
                fail(left, unavailable);
                return unavailable;
            } catch (RuntimeException fault) {
                return retry(left, fault, waits);
            }
            for (int i = 0; i < results.size(); i++) {
                answer(left.get(i), results.get(i));
            }
            left = notPassedOver(left.subList(results.size(), left.size()));
        }
        return null;
    }

    private List<PushResult> commit(List<LogWork.Append> group, boolean waits) {
        List<Push> waiting = group.stream().map(LogWork.Append::push).toList();
        long begun = System.nanoTime();
        List<PushResult> results = waits ? log.commit(waiting) : log.tryCommit(waiting);
        int done = 0;
        long ops = 0;
        for (int i = 0; i < results.size(); i++) {
            if (!(results.get(i) instanceof PushResult.Postponed)) {
                done++;
                ops += group.get(i).ops();
            }
        }
        if (done > 0) {
            meters.committed(done, ops, System.nanoTime() - begun);
            commits++;
            pushes += done;
        }
        return results;
    }

    /** Commits each push in its own transaction, since one may have failed the others; not when the log cannot be written to at all. */
    private @Nullable ServerException retry(List<LogWork.Append> group, RuntimeException fault, boolean waits) {
        if (group.size() == 1) {
            fail(group, fault instanceof OpLog.PushFaultException ofPush ? ofPush.failure() : fault);
            return null;
        }
        LOG.warn("a group of {} pushes failed and is committed push by push", group.size());
        for (int i = 0; i < group.size(); i++) {
            @Nullable ServerException unavailable = append(group.subList(i, i + 1), waits);
            if (unavailable != null) {
                fail(group.subList(i + 1, group.size()), unavailable);
                return unavailable;
            }
        }
        return null;
    }

    private void answer(LogWork.Append append, PushResult result) {
        if (result instanceof PushResult.Accepted accepted) {
            append.answer().complete(Buffer.buffer(accepted.json()));
            heads.moved(append.scopeId(), accepted.head());
        } else if (result instanceof PushResult.Refused refused) {
            append.answer().fail(refused.reason());
        } else if (result instanceof PushResult.Postponed) {
            passOver(append);
        }
    }

    private static void fail(List<? extends LogWork> works, RuntimeException failure) {
        works.forEach(work -> work.answer().fail(failure));
    }

    private void passOver(LogWork work) {
        passedOver.computeIfAbsent(work.scopeId(), scope -> new ArrayList<>()).add(work);
    }

    /** Passes over pushes to a scope of which an earlier one was passed over, so that they keep their order. */
    private List<LogWork.Append> notPassedOver(List<LogWork.Append> appends) {
        if (passedOver.isEmpty()) {
            return appends;
        }
        List<LogWork.Append> left = new ArrayList<>(appends.size());
        for (LogWork.Append append : appends) {
            if (passedOver.containsKey(append.scopeId())) {
                passOver(append);
            } else {
                left.add(append);
            }
        }
        return left;
    }

    private void putBack() {
        if (passedOver.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        List<LogWork> again = new ArrayList<>();
        for (List<LogWork> works : passedOver.values()) {
            boolean skipRefused = false;
            for (LogWork work : works) {
                if (!skipRefused && now - work.since() < PATIENCE_NANOS) {
                    again.add(work);
                } else {
                    work.answer().fail(new ServerException(ErrorCode.UNAVAILABLE));
                    // What follows would be numbered below the cursor of the device that asked for the skip.
                    skipRefused |= work instanceof LogWork.Skip;
                }
            }
        }
        passedOver.clear();
        queue.putBack(again);
    }
}
