package io.verstak.server.storage.log;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.ConflictWalk.Placed;
import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.BlobKey;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.log.LogRows.KnownOp;
import io.verstak.server.storage.log.LogRows.Wanted;
import io.verstak.server.storage.log.PushResult.Accepted;
import io.verstak.server.storage.log.PushResult.Postponed;
import io.verstak.server.storage.log.PushResult.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Appends a group of pushes. Looks at everything of a push before adding anything, so that a refusal leaves no trace. */
public final class LogAppender {
    /** The answers of one group may take this many bytes together before it is cut short. */
    private static final long MAX_ANSWER_BYTES = 8 << 20;

    private final LogTransaction group;

    /**
     * The result of a group.
     *
     * @param results see {@link OpLog#commit}
     * @param operations the number of ops that were added
     */
    public record Appended(List<PushResult> results, long operations) {}

    private LogAppender(LogTransaction group) {
        this.group = group;
    }

    /**
     * Appends the pushes within a transaction of the engine.
     *
     * @param now milliseconds since the epoch
     * @param answersSince answers of this time and before have expired
     */
    public static Appended append(LogRows rows, List<Push> pushes, long now, long answersSince) {
        LogTransaction group = new LogTransaction(rows, wanted(pushes, answersSince));
        LogAppender appender = new LogAppender(group);
        List<PushResult> results = new ArrayList<>(pushes.size());
        long answers = 0;
        for (int i = 0; i < pushes.size() && answers < MAX_ANSWER_BYTES; i++) {
            PushResult result = appender.append(pushes.get(i));
            answers += result instanceof Accepted accepted ? accepted.json().length : 0;
            results.add(result);
        }
        group.store(answersSince, now);
        return new Appended(results, group.appended());
    }

    private static Wanted wanted(List<Push> pushes, long answersSince) {
        Set<Long> scopes = new LinkedHashSet<>();
        List<LogKey> ops = new ArrayList<>();
        List<BlobKey> blobs = new ArrayList<>();
        List<AnswerKey> answers = new ArrayList<>();
        for (Push push : pushes) {
            long scope = push.device().scope().id();
            scopes.add(scope);
            if (!push.idempotencyKey().isEmpty()) {
                answers.add(answerKey(push));
            }
            for (EncodedOp op : push.ops()) {
                ops.add(new LogKey(scope, op.opKey()));
                BlobReference blob = op.blob();
                if (blob != null) {
                    blobs.add(new BlobKey(scope, blob.sha256()));
                }
            }
        }
        return new Wanted(scopes, ops, blobs, answers, answersSince, pushes);
    }

    private static AnswerKey answerKey(Push push) {
        return new AnswerKey(push.device().deviceId(), push.idempotencyKey());
    }

    private PushResult append(Push push) {
        if (group.isBusy(push.device().scope().id())) {
            return new Postponed();
        }
        ServerException lost = group.refusal(push.device());
        if (lost != null) {
            return new Refused(lost);
        }
        ScopeTail scope = group.scope(push.device().scope().id());
        String answered = push.idempotencyKey().isEmpty() ? null : group.answeredRequest(answerKey(push));
        if (answered != null) {
            return answered.equals(push.requestDigest())
                    ? new Accepted(group.answer(answerKey(push)), scope.head())
                    : new Refused(new ServerException(ErrorCode.IDEMPOTENCY_KEY_REUSED));
        }
        Map<String, Placed> placed = new LinkedHashMap<>(2 * push.ops().size());
        ServerException refusal = sort(push, scope, placed);
        if (refusal != null) {
            return new Refused(refusal);
        }
        if (push.expectedHead() != Push.ANY_HEAD
                && push.expectedHead() != scope.head()
                && placed.values().stream().anyMatch(op -> op.sequence() == 0)) {
            return new Refused(new ServerException(Message.VAULT_HAS_MOVED));
        }
        if (scope.counter() + placed.size() > OpLog.MAX_SEQUENCE) {
            return new Refused(new ServerException(ErrorCode.STORAGE_FULL));
        }
        scope.expect(placed.values());
        long deviceKey = OpCodec.deviceKey(push.device().deviceId());
        placed.replaceAll((id, op) ->
                op.sequence() > 0 ? op : new Placed(op.op(), group.append(scope, deviceKey, op.op()), deviceKey));
        byte[] answer = answer(scope, placed.values());
        if (!push.idempotencyKey().isEmpty()) {
            group.keepAnswer(answerKey(push), new KeptAnswer(push.requestDigest(), answer));
        }
        return new Accepted(answer, scope.head());
    }

    /**
     * Separates known ops from new ones and returns the refusal of the push, or null. Known ops skip every check.
     *
     * @param placed receives each op once; new ones have no sequence yet
     */
    private @Nullable ServerException sort(Push push, ScopeTail scope, Map<String, Placed> placed) {
        ServerException firstRefusal = null;
        boolean reader = group.isReader(push.device());
        Set<String> changed = group.changed(scope, push.ops());
        for (EncodedOp op : push.ops()) {
            Placed twin = placed.get(op.opId());
            KnownOp known = twin == null ? group.find(scope, op) : null;
            boolean same =
                    twin != null ? StoredOp.sameContent(twin.op().json(), op.json()) : !changed.contains(op.opId());
            if (!same) {
                return new ServerException(ErrorCode.OP_ID_CONFLICT).of(op.opId());
            }
            if (known != null) {
                placed.put(op.opId(), new Placed(op, known.sequence(), known.deviceKey()));
            } else if (twin == null) {
                if (reader) {
                    return new ServerException(ErrorCode.READ_ONLY);
                }
                if (push.refusal() != null) {
                    return push.refusal();
                }
                placed.put(op.opId(), new Placed(op, 0, 0));
                if (firstRefusal == null) {
                    firstRefusal = refusal(push, op);
                }
            }
        }
        return firstRefusal;
    }

    private @Nullable ServerException refusal(Push push, EncodedOp op) {
        ServerException refusal = op.refusal() == null ? checkBlob(push, op.blob()) : op.refusal();
        return refusal == null ? null : refusal.of(op.opId());
    }

    private @Nullable ServerException checkBlob(Push push, @Nullable BlobReference blob) {
        if (blob == null) {
            return null;
        }
        Long size = group.blobSize(push.device().scope().id(), blob);
        if (size == null) {
            return new ServerException(ErrorCode.BLOB_NOT_OWNED);
        }
        return size == blob.size() ? null : new ServerException(ErrorCode.INVALID_BLOB_REFERENCE);
    }

    private byte[] answer(ScopeTail scope, Collection<Placed> ops) {
        PushAnswer answer = new PushAnswer();
        for (Placed placed : ops) {
            answer.accepted(placed.op().opId(), placed.sequence());
        }
        ConflictWalk walk = new ConflictWalk(group, scope, ops);
        for (Placed placed : ops) {
            if (!answer.conflicts(walk.conflicts(placed.op()))) {
                break;
            }
        }
        return answer.json(scope.head(), scope.logId());
    }
}
