package io.verstak.server.http.web.admin;

import io.verstak.server.http.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Which page of a list somebody looks at.
 *
 * @param page from 1
 */
record Paging(long page) {
    static final int SIZE = 25;
    private static final long MOST = 10_000_000;

    static Paging of(Call call) {
        String asked = call.parameter("page");
        return new Paging(asked.matches("[1-9][0-9]{0,7}") ? Math.min(Long.parseLong(asked), MOST) : 1);
    }

    long offset() {
        return (page - 1) * SIZE;
    }

    static long pages(long total) {
        return Math.max(1, (total + SIZE - 1) / SIZE);
    }

    /** The address of a list up to the number of its page. */
    static String query(String path, String... namesAndValues) {
        StringBuilder query = new StringBuilder(path).append('?');
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (!namesAndValues[i + 1].isEmpty()) {
                query.append(namesAndValues[i])
                        .append('=')
                        .append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8))
                        .append('&');
            }
        }
        return query.append("page=").toString();
    }

    /** The constant of this name in lower case, or the first. */
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
