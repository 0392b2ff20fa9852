package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.domain.listing.UserQuery.Order;
import io.verstak.server.domain.listing.UserQuery.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The names of all users in memory, sorted by everything that lists are sorted by. A part of a name is found by looking at
 * each, in the order in which they lie in memory, which takes a few milliseconds for a hundred thousand; any page of what is
 * found, in any order, costs the same. Safe for any thread; what searches or changes it keeps the others waiting for so long.
 */
final class CataloguedUsers {
    /** Comes before every character that a name has, so that whole texts sort as the names in them. */
    private static final char LINE = '\n';

    /** Every user has a place, which the orders are made of. A place whose user is gone is given to the next who comes. */
    private final List<@Nullable Entry> places = new ArrayList<>();

    private final Deque<Integer> free = new ArrayDeque<>();
    private final Map<String, Integer> placeOf = new HashMap<>();
    private final Map<Order, int[]> sorted = new EnumMap<>(Order.class);
    private long upTo;

    /**
     * A user, and how many devices they had and when they were seen when the names were read.
     *
     * @param names the name and behind it, on another line, the address
     * @param lastSeen {@link #NEVER}, if never
     */
    record Entry(
            String id,
            String names,
            String emailKey,
            boolean confirmed,
            boolean blocked,
            long lastSeen,
            long createdAt,
            int devices) {

        /** Comes before every time. */
        static final long NEVER = -1;

        static String names(String usernameKey, String emailKey) {
            return usernameKey + LINE + emailKey;
        }

        private boolean is(State state) {
            return switch (state) {
                case ANY -> true;
                case ACTIVE -> confirmed && !blocked;
                case BLOCKED -> blocked;
                case UNCONFIRMED -> !confirmed;
            };
        }
    }

    /** A page of what was found, by id, and how many there are on all pages. */
    record Found(List<String> ids, long total) {}

    /** @param upTo the last change of the users that was made before they were read */
    CataloguedUsers(Collection<Entry> users, long upTo) {
        this.upTo = upTo;
        users.forEach(this::place);
        for (Order order : Order.values()) {
            Comparator<Entry> by = by(order);
            sorted.put(
                    order,
                    IntStream.range(0, places.size())
                            .boxed()
                            .sorted((a, b) -> by.compare(at(a), at(b)))
                            .mapToInt(Integer::intValue)
                            .toArray());
        }
    }

    private Entry at(int place) {
        @Nullable Entry user = places.get(place);
        if (user == null) {
            throw new IllegalStateException("the orders hold places with users only");
        }
        return user;
    }

    private int place(Entry user) {
        @Nullable Integer reused = free.poll();
        int place = reused == null ? places.size() : reused;
        if (reused == null) {
            places.add(user);
        } else {
            places.set(place, user);
        }
        placeOf.put(user.id(), place);
        return place;
    }

    private static Comparator<Entry> by(Order order) {
        Comparator<Entry> first = switch (order) {
            case ID -> Comparator.comparing(Entry::id);
            case USERNAME -> Comparator.comparing(Entry::names);
            case EMAIL -> Comparator.comparing(Entry::emailKey);
            case CONFIRMED -> Comparator.comparing(Entry::confirmed);
            case BLOCKED -> Comparator.comparing(Entry::blocked);
            case LAST_SEEN -> Comparator.comparingLong(Entry::lastSeen);
            case CREATED_AT -> Comparator.comparingLong(Entry::createdAt);
            case DEVICES -> Comparator.comparingInt(Entry::devices);
        };
        return first.thenComparing(Entry::id);
    }

    /** Up to which change of the users they are known. */
    synchronized long upTo() {
        return upTo;
    }

    /**
     * Takes over what has changed; nothing when somebody else has taken over later changes.
     *
     * @param changed the ids, with who is there no more
     * @param present the users of those ids as they are now
     * @param last the latest of the changes
     */
    synchronized void apply(Collection<String> changed, Collection<Entry> present, long last) {
        if (last <= upTo) {
            return;
        }
        upTo = last;
        for (String id : changed) {
            @Nullable Integer place = placeOf.remove(id);
            if (place != null) {
                Entry old = at(place);
                sorted.replaceAll((order, all) -> without(all, index(all, old, by(order))));
                places.set(place, null);
                free.add(place);
            }
        }
        for (Entry user : present) {
            int place = place(user);
            sorted.replaceAll((order, all) -> with(all, index(all, user, by(order)), place));
        }
    }

    /** Where the user stands in an order, or would. */
    private int index(int[] all, Entry user, Comparator<Entry> order) {
        int low = 0;
        int high = all.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (order.compare(at(all[middle]), user) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int[] without(int[] all, int index) {
        int[] fewer = new int[all.length - 1];
        System.arraycopy(all, 0, fewer, 0, index);
        System.arraycopy(all, index + 1, fewer, index, fewer.length - index);
        return fewer;
    }

    private static int[] with(int[] all, int index, int place) {
        int[] more = new int[all.length + 1];
        System.arraycopy(all, 0, more, 0, index);
        more[index] = place;
        System.arraycopy(all, index, more, index + 1, all.length - index);
        return more;
    }

    /** Up to {@code most} of those whose name or address holds the text, which is without case as they are. */
    synchronized List<String> find(String text, int most) {
        List<String> ids = new ArrayList<>();
        for (int place = 0; place < places.size() && ids.size() < most; place++) {
            @Nullable Entry user = places.get(place);
            if (user != null && user.names().contains(text)) {
                ids.add(user.id());
            }
        }
        return ids;
    }

    /** @param query with a text without case, as names are stored */
    synchronized Found search(UserQuery query) {
        BitSet found = new BitSet(places.size());
        for (int place = 0; place < places.size(); place++) {
            @Nullable Entry user = places.get(place);
            if (user != null && user.is(query.state()) && user.names().contains(query.text())) {
                found.set(place);
            }
        }
        return new Found(page(query, found), found.cardinality());
    }

    private List<String> page(UserQuery query, BitSet found) {
        int[] all = sorted.getOrDefault(query.order(), new int[0]);
        List<String> page = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < all.length && page.size() < query.limit(); i++) {
            int place = all[query.descending() ? all.length - 1 - i : i];
            if (found.get(place) && before++ >= query.offset()) {
                page.add(at(place).id());
            }
        }
        return page;
    }
}
