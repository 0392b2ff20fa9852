package io.verstak.server.http.web.admin;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.http.core.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The requested page of a list.
 *
 * @param page from 1
 * @param size its number of rows
 */
record Paging(long page, int size) {
    static final int SIZE = 25;

    /** The limit of a list on a page about something else. */
    static final int SHOWN = 50;

    private static final Set<String> SIZES = Set.of("50", "100");
    private static final long MOST = 10_000_000;

    static Paging of(Request call) {
        String asked = call.parameter("page");
        String size = call.parameter("size");
        return new Paging(
                asked.matches("[1-9][0-9]{0,7}") ? Math.min(Long.parseLong(asked), MOST) : 1,
                SIZES.contains(size) ? Integer.parseInt(size) : SIZE);
    }

    long offset() {
        return (page - 1) * size;
    }

    /** Returns the size for an address; empty for the usual one. */
    String asked() {
        return size == SIZE ? "" : Integer.toString(size);
    }

    /**
     * The links to other pages: by number, or only to the neighbours of an uncounted list.
     *
     * @param query the address up to the page number
     * @param back the address of the previous page of an uncounted list, or of the first page if only the way forward
     *     is known; empty on the first page
     * @param next the address of the next page there; empty if there is none
     * @param unsized the address of the list up to a parameter for the number of its rows
     */
    public record Pages(long page, long count, int size, String query, String back, String next, String unsized) {}

    /** @param query the address of the list, up to the last parameter's name */
    Pages pages(Page<?> list, Request call, String query) {
        String unsized = query.replace("size=" + size + "&", "");
        if (list.total() != Page.UNCOUNTED) {
            long count = Math.max(1, (list.total() + size - 1) / size);
            return new Pages(page, count, size, query + "page=", "", "", unsized);
        }
        String next = list.next().isEmpty() ? "" : query + "after=" + encoded(list.next());
        return new Pages(1, 1, size, "", call.parameter("after").isEmpty() ? "" : query + "page=1", next, unsized);
    }

    /** @param more whether there is another page, which is all that is known about the rest */
    Pages pages(boolean more, String path) {
        return new Pages(
                page,
                1,
                size,
                "",
                page > 1 ? path + "?page=" + (page - 1) : "",
                more ? path + "?page=" + (page + 1) : "",
                path + "?");
    }

    /** Returns the number of rows of a page. */
    static <T> List<T> cut(List<T> all) {
        return all.size() > SIZE ? all.subList(0, SIZE) : all;
    }

    /** Returns the number of rows shown. */
    static <T> List<T> shown(List<T> all) {
        return all.size() > SHOWN ? all.subList(0, SHOWN) : all;
    }

    /** Returns the address of a list without its page parameter. */
    static String query(String path, String... namesAndValues) {
        StringBuilder query = new StringBuilder(path).append('?');
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!namesAndValues[i + 1].isEmpty()) {
                query.append(namesAndValues[i])
                        .append('=')
                        .append(encoded(namesAndValues[i + 1]))
                        .append('&');
            }
        }
        return query.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Returns the constant with this lower-case name, or the first one. */
    static <E extends Enum<E>> E choice(Class<E> type, String name) {
        E[] all = type.getEnumConstants();
        for (E one : all) {
            if (one.name().toLowerCase(Locale.ROOT).equals(name)) {
                return one;
            }
        }
        return all[0];
    }
}
