package io.verstak.server.http.web.admin;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * A page with a list that is searched by text and filtered or sorted by one choice.
 *
 * @param choice the name of its parameter
 */
record SearchedList(String path, String template, String choice) {

    /**
     * The requested part of the list.
     *
     * @param after where the page begins in an uncounted list; empty for the beginning
     * @param offset where it begins in a counted one
     * @param limit its number of rows
     */
    record Asked(String text, String choice, String after, long offset, int limit) {}

    /** The content of the page. */
    public record View(Page<?> list, Paging.Pages pages, String text, String choice) {}

    Future<Reply> show(Request call, Function<Asked, ? extends Future<? extends Page<?>>> find) {
        String text = call.parameter("q").strip();
        String chosen = call.parameter(choice);
        Paging paging = Paging.of(call);
        String query = Paging.query(path, "q", text, choice, chosen, "size", paging.asked());
        return find.apply(new Asked(text, chosen, call.parameter("after"), paging.offset(), paging.size()))
                .map(found -> Reply.page(template, new View(found, paging.pages(found, call, query), text, chosen)));
    }
}
