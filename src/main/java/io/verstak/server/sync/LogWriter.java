package io.verstak.server.sync;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that writes op logs, those of one lane of the queue: it takes a group, commits it, answers, and takes the next one.
 *
 * <p>Group commit as in DeWitt et al., "Implementation Techniques for Main Memory Database Systems" (1984): a group forms
 * while the previous commit waits for the disk.
 *
 * <p>A scope that another node is writing to is passed over: its work goes to the last lane, which tries it together with that of other
 * such scopes, and waits for one of them if it could commit none.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** What cannot be committed for so long is refused. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

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
        boolean patient = queue.isForPutBack(lane);
        boolean alone =
                patient && group.stream().mapToLong(LogWork::scopeId).distinct().count() == 1;
        write(group, alone);
        if (patient
                && !alone
                && passedOver.values().stream().mapToInt(List::size).sum() == group.size()) {
            Iterator<List<LogWork>> scopes = passedOver.values().iterator();
            List<LogWork> first = scopes.next();
            scopes.remove();
            write(first, true);
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
            Optional<Boolean> moved = waits
                    ? Optional.of(log.skipTo(skip.device(), skip.cursor()))
                    : log.trySkipTo(skip.device(), skip.cursor());
            moved.ifPresentOrElse(skip.answer()::complete, () -> passOver(skip));
        } catch (RuntimeException failure) {
            skip.answer().fail(failure);
        }
    }

    /** Returns false if the log cannot be written to now, whatever is pushed. */
    private boolean append(List<LogWork.Append> group, boolean waits) {
        List<LogWork.Append> left = notPassedOver(group);
        while (!left.isEmpty()) {
            List<PushResult> results;
            try {
                results = commit(left, waits);
            } catch (ServerException unavailable) {
                fail(left, unavailable);
                return false;
            } catch (RuntimeException fault) {
                return retry(left, fault, waits);
            }
            for (int i = 0; i < results.size(); i++) {
                answer(left.get(i), results.get(i));
            }
            left = notPassedOver(left.subList(results.size(), left.size()));
        }
        return true;
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
    private boolean retry(List<LogWork.Append> group, RuntimeException fault, boolean waits) {
        if (group.size() == 1) {
            fail(group, fault instanceof OpLog.PushFaultException ofPush ? ofPush.failure() : fault);
            return true;
        }
        LOG.warn("a group of {} pushes failed and is committed push by push", group.size());
        for (int i = 0; i < group.size(); i++) {
            if (!append(group.subList(i, i + 1), waits)) {
                fail(group.subList(i + 1, group.size()), new ServerException(ErrorCode.UNAVAILABLE));
                return false;
            }
        }
        return true;
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
            for (LogWork work : works) {
                if (now - work.since() < PATIENCE_NANOS) {
                    again.add(work);
                } else {
                    work.answer().fail(new ServerException(ErrorCode.UNAVAILABLE));
                }
            }
        }
        passedOver.clear();
        queue.putBack(again);
    }
}
