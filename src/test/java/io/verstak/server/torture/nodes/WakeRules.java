package io.verstak.server.torture.nodes;

import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Nobody waits for long for what another client knows to be stored, on whichever node. */
final class WakeRules {
    private final long limitNanos;
    private final Map<String, List<Call.Push>> pushes = new HashMap<>();
    private final List<Wait> waits;
    private final List<Wait> excuses;

    /**
     * @param waits beside the pulls of the history
     * @param excuses times in which a node could not know; their scope and cursor say nothing
     */
    WakeRules(History history, List<Wait> waits, List<Wait> excuses, Duration limit) {
        this.limitNanos = limit.toNanos();
        this.excuses = List.copyOf(excuses);
        this.waits = Stream.concat(waits.stream(), history.calls().stream().flatMap(WakeRules::wait))
                .toList();
        history.calls().stream()
                .filter(call -> call instanceof Call.Push && call.outcome() == Outcome.OK)
                .sorted(Comparator.comparingLong(Call::endedAt))
                .forEach(call -> note((Call.Push) call));
    }

    private static Stream<Wait> wait(Call call) {
        return call instanceof Call.Pull pull && pull.outcome() == Outcome.OK
                ? Stream.of(new Wait(pull.scope(), pull.cursor(), pull.invokedAt(), pull.endedAt()))
                : Stream.empty();
    }

    /** Keeps the pushes that were the first to tell of their head. */
    private void note(Call.Push push) {
        List<Call.Push> known = pushes.computeIfAbsent(push.scope(), scope -> new ArrayList<>());
        if (known.isEmpty() || push.head() > known.get(known.size() - 1).head()) {
            known.add(push);
        }
    }

    /** What waited for longer than the limit. */
    List<String> violations() {
        return waits.stream()
                .filter(wait -> lateNanos(wait) > limitNanos && excuses.stream().noneMatch(time -> overlap(wait, time)))
                .map(wait -> "woken %s ms after %s was stored: %s"
                        .formatted(Duration.ofNanos(lateNanos(wait)).toMillis(), wait.cursor() + 1, wait))
                .toList();
    }

    private static boolean overlap(Wait one, Wait other) {
        return one.from() < other.until() && other.from() < one.until();
    }

    /** How long it waited for what was known to be stored. */
    private long lateNanos(Wait wait) {
        List<Call.Push> known = pushes.getOrDefault(wait.scope(), List.of());
        int low = 0;
        int high = known.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (known.get(middle).head() > wait.cursor()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == known.size()
                ? 0
                : Math.max(
                        0, wait.until() - Math.max(wait.from(), known.get(low).endedAt()));
    }

    Duration latest() {
        return Duration.ofNanos(waits.stream()
                .filter(wait -> excuses.stream().noneMatch(time -> overlap(wait, time)))
                .mapToLong(this::lateNanos)
                .max()
                .orElse(0));
    }
}
