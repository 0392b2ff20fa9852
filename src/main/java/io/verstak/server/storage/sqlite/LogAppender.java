package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.log.PushResult.Accepted;
import io.verstak.server.storage.log.PushResult.Refused;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.sqlite.LogConnection.KeptAnswer;
import io.verstak.server.storage.sqlite.LogConnection.Known;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Appends one push to a group. Looks at everything before adding anything, so that a refusal leaves no trace. */
final class LogAppender {
    private final LogConnection connection;
    private final LogTransaction group;
    private final long now;
    private final long answersKeptMillis;

    LogAppender(LogConnection connection, LogTransaction group, long now, long answersKeptMillis) {
        this.connection = connection;
        this.group = group;
        this.now = now;
        this.answersKeptMillis = answersKeptMillis;
    }

    PushResult append(Push push) throws SQLException {
        KeptAnswer kept = keptAnswer(push);
        ScopeTail scope = group.scope(push.device().scope().id());
        if (kept != null) {
            return kept.requestDigest().equals(push.requestDigest())
                    ? new Accepted(kept.json(), scope.head())
                    : new Refused(new ServerException(ErrorCode.IDEMPOTENCY_KEY_REUSED));
        }
        Map<String, Long> sequences = new HashMap<>();
        List<EncodedOp> unknown = new ArrayList<>();
        ServerException refusal = sort(push, sequences, unknown);
        if (refusal != null) {
            return new Refused(refusal);
        }
        long deviceKey = OpCodec.deviceKey(push.device().deviceId());
        for (EncodedOp op : unknown) {
            sequences.put(op.opId(), group.append(scope, deviceKey, op).sequence());
        }
        byte[] answer = answer(push, scope, sequences);
        if (!push.idempotencyKey().isEmpty()) {
            connection.keepAnswer(push, answer, now);
            connection.dropAnswers(now - answersKeptMillis);
        }
        return new Accepted(answer, scope.head());
    }

    private @Nullable KeptAnswer keptAnswer(Push push) throws SQLException {
        return push.idempotencyKey().isEmpty()
                ? null
                : connection.answer(push.device().deviceId(), push.idempotencyKey(), now - answersKeptMillis);
    }

    /** Separates known ops from new ones and returns the refusal of the push, or null. Known ops skip every check. */
    private @Nullable ServerException sort(Push push, Map<String, Long> sequences, List<EncodedOp> unknown)
            throws SQLException {
        Map<String, EncodedOp> fresh = new HashMap<>();
        ServerException firstRefusal = null;
        for (EncodedOp op : push.ops()) {
            EncodedOp twin = fresh.get(op.opId());
            Known known = twin == null ? group.find(push.device().scope().id(), op) : null;
            byte[] content = twin != null ? twin.content() : known != null ? known.content() : null;
            if (content != null && !Arrays.equals(content, op.content())) {
                return new ServerException(ErrorCode.OP_ID_CONFLICT).of(op.opId());
            }
            if (known != null) {
                sequences.put(op.opId(), known.sequence());
            } else if (twin == null) {
                if (push.refusal() != null) {
                    return push.refusal();
                }
                fresh.put(op.opId(), op);
                unknown.add(op);
                if (firstRefusal == null) {
                    firstRefusal = refusal(push, op);
                }
            }
        }
        return firstRefusal;
    }

    private @Nullable ServerException refusal(Push push, EncodedOp op) throws SQLException {
        ServerException refusal = op.refusal() == null ? checkBlob(push, op.blob()) : op.refusal();
        return refusal == null ? null : refusal.of(op.opId());
    }

    private @Nullable ServerException checkBlob(Push push, @Nullable BlobReference blob) throws SQLException {
        if (blob == null) {
            return null;
        }
        OptionalLong size = connection.blobSize(push.device().scope().id(), blob.sha256());
        if (size.isEmpty()) {
            return new ServerException(ErrorCode.BLOB_NOT_OWNED);
        }
        return size.getAsLong() == blob.size() ? null : new ServerException(ErrorCode.INVALID_BLOB_REFERENCE);
    }

    private byte[] answer(Push push, ScopeTail scope, Map<String, Long> sequences) throws SQLException {
        Map<String, EncodedOp> once = new LinkedHashMap<>();
        push.ops().forEach(op -> once.putIfAbsent(op.opId(), op));
        PushAnswer answer = new PushAnswer();
        for (EncodedOp op : once.values()) {
            answer.accepted(op.opId(), sequences.getOrDefault(op.opId(), 0L));
        }
        ConflictWalk walk = new ConflictWalk(group, scope.scopeId);
        for (EncodedOp op : once.values()) {
            if (op.lastSeen() > 0
                    && !answer.conflicts(walk.conflicts(sequences.getOrDefault(op.opId(), 0L), op.lastSeen()))) {
                break;
            }
        }
        return answer.json(scope.head(), scope.logId);
    }
}
