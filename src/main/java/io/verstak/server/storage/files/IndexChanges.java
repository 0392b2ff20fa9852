package io.verstak.server.storage.files;

import java.util.List;
import java.util.Map;

/**
 * What some ops change in an index.
 *
 * @param opened new places; one that the same ops have ended has its end
 * @param closed places of before, with their ends
 * @param events who moved or removed something, and when
 * @param deals the nodes of Deals that are new, by their ids
 * @param times the latest time up to a sequence, both ascending
 */
public record IndexChanges(
        List<Place> opened,
        List<Place> closed,
        List<NodeVersion> versions,
        List<Event> events,
        Map<String, Long> deals,
        List<Time> times) {

    /** @param madeAt milliseconds since the epoch, as the device says; 0: unknown */
    public record Event(long sequence, String deviceId, long madeAt) {}

    /** @param time milliseconds since the epoch */
    public record Time(long sequence, long time) {}
}
