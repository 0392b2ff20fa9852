package io.verstak.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a load took of a server. A figure that the load does not have is not a number.
 *
 * @param perSecond operations a second
 * @param p99Millis of a request
 * @param processorMicros that the server's process took for an operation, the kernel's work for it included
 * @param writtenBytes that the server had written to storage for an operation
 * @param operations of the whole load
 */
record Cost(double perSecond, double p99Millis, double processorMicros, double writtenBytes, double operations) {

    /** Each figure's median. */
    static Cost median(List<Cost> costs) {
        return new Cost(
                median(costs, Cost::perSecond),
                median(costs, Cost::p99Millis),
                median(costs, Cost::processorMicros),
                median(costs, Cost::writtenBytes),
                median(costs, Cost::operations));
    }

    /** Returns the cost with so many operations counted as one. */
    Cost each(int together) {
        return new Cost(
                perSecond / together,
                p99Millis,
                processorMicros * together,
                writtenBytes * together,
                operations / together);
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> figure) {
        return Medians.of(costs.stream().mapToDouble(figure).toArray());
    }
}
