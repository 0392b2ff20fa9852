package io.verstak.server.http.web.admin;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/**
 * A page with a list that is searched by text, filtered by one choice and sorted.
 *
 * @param choice the name of the choice's parameter; empty: there is none
 * @param orders what {@code sort} may be, the order of a plain list first: a constant in lower case, with {@code -desc} at the end if
 *     it is descending
 */
record SearchedList(String path, String template, String choice, List<String> orders) {

    /**
     * The requested part of the list.
     *
     * @param after where the page begins in an uncounted list; empty for the beginning
     * @param offset where it begins in a counted one
     * @param limit its number of rows
     */
    record Asked(String text, String choice, String sort, String after, long offset, int limit) {
        <E extends Enum<E>> E order(Class<E> type) {
            return Paging.choice(type, sort.replace("-desc", ""));
        }

        boolean descending() {
            return sort.endsWith("-desc");
        }
    }

    /**
     * The content of the page.
     *
     * @param filter the query without its order, up to the next parameter
     */
    public record View(Page<?> list, Paging.Pages pages, String filter, String text, String choice, String sort) {}

    /** Returns what a request selects. */
    Asked asked(Request call, String after, long offset, int limit) {
        String sort = call.parameter("sort");
        return new Asked(
                call.parameter("q").strip(),
                choice.isEmpty() ? "" : call.parameter(choice),
                orders.contains(sort) ? sort : orders.get(0),
                after,
                offset,
                limit);
    }

    Future<Reply> show(Request call, Function<Asked, ? extends Future<? extends Page<?>>> find) {
        Paging paging = Paging.of(call);
        Asked asked = asked(call, call.parameter("after"), paging.offset(), paging.size());
        String filter = Paging.query(
                "", "q", asked.text(), choice.isEmpty() ? "state" : choice, asked.choice(), "size", paging.asked());
        String sort = asked.sort().equals(orders.get(0)) ? "" : asked.sort();
        String query = path + filter + Paging.query("", "sort", sort).substring(1);
        return find.apply(asked)
                .map(found -> Reply.page(
                        template,
                        new View(
                                found,
                                paging.pages(found, call, query),
                                filter,
                                asked.text(),
                                asked.choice(),
                                asked.sort())));
    }
}
