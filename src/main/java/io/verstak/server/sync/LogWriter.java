package io.verstak.server.sync;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single thread that writes op logs: it takes a group, commits it, answers, and takes the next one.
 *
 * <p>Group commit as in DeWitt et al., "Implementation Techniques for Main Memory Database Systems" (1984): a group forms
 * while the previous commit waits for the disk.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private final OpLog log;
    private final CommitQueue queue;
    private final HeadListener heads;
    private final CommitMeters meters;
    private final Runnable onFatal;
    private final Thread thread;
    private long commits;
    private long pushes;

    LogWriter(OpLog log, CommitQueue queue, HeadListener heads, CommitMeters meters, Runnable onFatal) {
        this.log = log;
        this.queue = queue;
        this.heads = heads;
        this.meters = meters;
        this.onFatal = onFatal;
        this.thread = new Thread(this::run, "sync-log-writer");
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
            for (List<LogWork> group = queue.take(); !group.isEmpty(); group = queue.take()) {
                write(group);
                while (log.upkeep() && queue.isIdle()) {
                    // One piece after each group, and more while nothing waits.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error fault) {
            // Without its writer the server would accept pushes and never answer them.
            LOG.error("the log's writer failed", fault);
            onFatal.run();
        }
        if (commits > 0) {
            LOG.info("log closed: {} pushes in {} commits", pushes, commits);
        }
    }

    private void write(List<LogWork> group) {
        List<LogWork.Append> appends = new ArrayList<>(group.size());
        for (LogWork work : group) {
            if (work instanceof LogWork.Append append) {
                appends.add(append);
            } else if (work instanceof LogWork.Skip skip) {
                skip(skip);
            }
        }
        if (!appends.isEmpty()) {
            append(appends);
        }
    }

    private void skip(LogWork.Skip skip) {
        try {
            skip.answer().complete(log.skipTo(skip.device(), skip.cursor()));
        } catch (RuntimeException failure) {
            skip.answer().fail(failure);
        }
    }

    private void append(List<LogWork.Append> group) {
        List<PushResult> results;
        try {
            results = commit(group);
        } catch (RuntimeException failure) {
            retry(group, failure);
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            answer(group.get(i), results.get(i));
        }
        if (results.size() < group.size()) {
            append(group.subList(results.size(), group.size()));
        }
    }

    private List<PushResult> commit(List<LogWork.Append> group) {
        List<Push> waiting = group.stream().map(LogWork.Append::push).toList();
        long begun = System.nanoTime();
        List<PushResult> results = log.commit(waiting);
        long ops = 0;
        for (LogWork work : group.subList(0, results.size())) {
            ops += work.ops();
        }
        meters.committed(results.size(), ops, System.nanoTime() - begun);
        commits++;
        pushes += results.size();
        return results;
    }

    /** Commits each push in its own transaction, since one may have failed the others; not when the disk is full for all. */
    private void retry(List<LogWork.Append> group, RuntimeException failure) {
        boolean full = failure instanceof ServerException refusal && refusal.code() == ErrorCode.STORAGE_FULL;
        if (full || group.size() == 1) {
            group.forEach(append -> append.answer().fail(failure));
            return;
        }
        LOG.warn("a group of {} pushes failed and is committed push by push", group.size());
        group.forEach(single -> append(List.of(single)));
    }

    private void answer(LogWork.Append append, PushResult result) {
        if (result instanceof PushResult.Accepted accepted) {
            append.answer().complete(Buffer.buffer(accepted.json()));
            heads.moved(append.scopeId(), accepted.head());
        } else if (result instanceof PushResult.Refused refused) {
            append.answer().fail(refused.reason());
        }
    }
}
