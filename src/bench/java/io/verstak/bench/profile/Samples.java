package io.verstak.bench.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a profile saw: amounts by stack, each a thread and then its frames from the outermost on. */
public final class Samples {
    private record Stack(List<String> frames, long amount) {}

    private final List<Stack> stacks;

    private Samples(List<Stack> stacks) {
        this.stacks = stacks;
    }

    /** Reads stacks as {@code thread;frame;frame amount}, one a line. */
    static Samples read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return new Samples(lines.map(Samples::stack).toList());
        }
    }

    private static Stack stack(String line) {
        int blank = line.lastIndexOf(' ');
        return new Stack(List.of(line.substring(0, blank).split(";", -1)), Long.parseLong(line.substring(blank + 1)));
    }

    /** Returns the share of each part in all samples, without those of the JVM's compilers. */
    public Map<Part, Double> shares() {
        Map<Part, Double> amounts = new TreeMap<>();
        double all = 0;
        for (Stack stack : stacks) {
            Part part = Part.of(stack.frames());
            if (part != Part.COMPILER) {
                amounts.merge(part, (double) stack.amount(), Double::sum);
                all += stack.amount();
            }
        }
        double whole = all;
        amounts.replaceAll((part, amount) -> amount / whole);
        return amounts;
    }

    /** Returns the sum of all samples without those of the JVM's compilers: nanoseconds, or bytes. */
    public double sum() {
        return stacks.stream()
                .filter(stack -> Part.of(stack.frames()) != Part.COMPILER)
                .mapToDouble(Stack::amount)
                .sum();
    }
}
