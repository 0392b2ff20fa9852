package io.verstak.server.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The contract's log and blobs in memory, with one fault or none. Used by one thread, which decides what meets what. */
final class SimulatedServer {
    private static final int PAGE = 20;

    /** Ops with this content are refused, and the push that holds them. */
    static final String REFUSED = "refused";

    private final @Nullable Fault fault;
    private final Map<String, NavigableMap<Long, LogOp>> logs = new HashMap<>();
    private final Map<String, Long> generators = new HashMap<>();
    private final Map<String, Set<String>> blobs = new HashMap<>();
    private final Map<String, NavigableMap<Long, LogOp>> laggingCopies = new HashMap<>();
    private String lastDevice = "";

    /** What a push is answered with. */
    record Pushed(List<String> accepted, List<Long> sequences, List<Long> conflicts, long head) {}

    /** A page. */
    record Page(List<LogOp> ops, long pageLast, boolean hasMore, long head) {}

    SimulatedServer(@Nullable Fault fault) {
        this.fault = fault;
    }

    boolean has(Fault planted) {
        return fault == planted;
    }

    NavigableMap<Long, LogOp> log(String scope) {
        return logs.computeIfAbsent(scope, unknown -> new TreeMap<>());
    }

    Set<String> blobs(String scope) {
        return blobs.computeIfAbsent(scope, unknown -> new HashSet<>());
    }

    long head(String scope) {
        NavigableMap<Long, LogOp> log = log(scope);
        return log.isEmpty() ? 0 : log.lastKey();
    }

    /** The first half of a push, in which only a faulty server does anything. */
    long reserve(String scope, List<SentOp> ops) {
        return has(Fault.NUMBERS_FROM_A_SEQUENCE) ? generators.merge(scope, (long) ops.size(), Long::sum) : 0;
    }

    /** Whether the scope may push these ops; a faulty server keeps some all the same. */
    boolean refuses(String scope, String device, List<SentOp> ops, Map<String, String> references) {
        int bad = 0;
        while (bad < ops.size() && allowed(scope, ops.get(bad), references)) {
            bad++;
        }
        if (bad < ops.size() && has(Fault.REFUSED_PUSH_HALF_STORED)) {
            push(scope, device, ops.subList(0, bad), references, 0);
        }
        return bad < ops.size();
    }

    private boolean allowed(String scope, SentOp op, Map<String, String> references) {
        String blob = references.get(op.opId());
        return !op.content().equals(REFUSED)
                && (blob == null || blobs(scope).contains(blob) || has(Fault.REFERENCE_WITHOUT_BLOB));
    }

    /** The second half: stores and answers in one step. */
    Pushed push(String scope, String device, List<SentOp> ops, Map<String, String> references, long reserved) {
        NavigableMap<Long, LogOp> log = log(scope);
        Map<String, Long> sequences = new LinkedHashMap<>();
        List<Long> conflicts = new ArrayList<>();
        long number = has(Fault.NUMBERS_FROM_A_SEQUENCE) ? reserved - ops.size() : head(scope);
        for (SentOp op : ops) {
            Long known = has(Fault.NO_DEDUPLICATION) ? null : sequenceOf(log, op.opId());
            long sequence = known == null ? ++number : known;
            if (known == null) {
                store(scope, device, op, sequence, references.get(op.opId()));
            }
            boolean renamed = known != null && has(Fault.RETRY_NAMES_ANOTHER_NUMBER);
            sequences.put(op.opId(), renamed ? head(scope) : sequence);
            conflicts.addAll(conflicts(scope, device, op, sequence));
        }
        lastDevice = device;
        return new Pushed(List.copyOf(sequences.keySet()), List.copyOf(sequences.values()), conflicts, head(scope));
    }

    private void store(String scope, String device, SentOp op, long sequence, @Nullable String blob) {
        String by = has(Fault.WRONG_DEVICE) && !lastDevice.isEmpty() ? lastDevice : device;
        String content = has(Fault.PAYLOAD_ENCODED_ANEW) ? op.content() + " " : op.content();
        if (has(Fault.LOG_IS_COMPACTED)) {
            log(scope).values().removeIf(old -> old.entity().equals(op.entity()));
        }
        String into = has(Fault.SCOPES_MIXED) && sequence % 16 == 0 ? scope + "'" : scope;
        log(into).put(sequence, new LogOp(sequence, op.opId(), by, op.entity(), content, blob));
    }

    private List<Long> conflicts(String scope, String device, SentOp op, long sequence) {
        long below = has(Fault.RETRY_TELLS_MORE_CONFLICTS) ? Long.MAX_VALUE : sequence;
        List<Long> told = new ArrayList<>();
        for (LogOp other : log(scope).values()) {
            boolean foreign = !other.device().equals(device) || has(Fault.CONFLICTS_WITH_ITSELF);
            if (op.lastSeen() > 0
                    && foreign
                    && other.entity().equals(op.entity())
                    && other.sequence() > op.lastSeen()
                    && other.sequence() < below) {
                told.add(other.sequence());
            }
        }
        return told;
    }

    private static @Nullable Long sequenceOf(NavigableMap<Long, LogOp> log, String opId) {
        return log.values().stream()
                .filter(op -> op.opId().equals(opId))
                .map(LogOp::sequence)
                .findFirst()
                .orElse(null);
    }

    /** The first half of a pull; the head is only a guess for a server that reads it later. */
    Page page(String scope, long cursor) {
        NavigableMap<Long, LogOp> log =
                has(Fault.READ_FROM_A_LAGGING_COPY) ? laggingCopies.getOrDefault(scope, new TreeMap<>()) : log(scope);
        laggingCopies.put(scope, new TreeMap<>(log(scope)));
        List<LogOp> ops = new ArrayList<>(
                log.tailMap(cursor, false).values().stream().limit(PAGE).toList());
        if (has(Fault.PAGE_LEAVES_AN_OP_OUT) && ops.size() > 2) {
            ops.remove(1);
        }
        long last = ops.isEmpty() ? cursor : ops.get(ops.size() - 1).sequence();
        long head = log.isEmpty() ? 0 : log.lastKey();
        return new Page(ops, last, last < head, head);
    }

    /** The process is killed, or the power fails. */
    void crash() {
        if (has(Fault.COMMIT_NOT_FORCED) || has(Fault.COUNTER_FALLS_BACK)) {
            logs.values().stream().filter(log -> !log.isEmpty()).forEach(NavigableMap::pollLastEntry);
        }
        if (has(Fault.DIRECTORY_NOT_FORCED)) {
            blobs.values().forEach(Set::clear);
        }
    }
}
