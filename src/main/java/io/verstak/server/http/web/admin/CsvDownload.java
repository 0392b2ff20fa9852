package io.verstak.server.http.web.admin;

import io.verstak.server.domain.listing.Page;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends a list as a CSV file (RFC 4180, UTF-8 with a byte order mark, as spreadsheet programs expect it), as fast as its
 * client reads it: a page is read when the socket has taken the previous one.
 */
final class CsvDownload<T> {
    private static final int PAGE = 500;
    private static final char BYTE_ORDER_MARK = '\ufeff';

    /** A spreadsheet program takes such a cell for a formula. */
    private static final Pattern FORMULA = Pattern.compile("^[=+\\-@\\t\\r].*", Pattern.DOTALL);

    private static final Pattern QUOTED = Pattern.compile("[\",\r\n]");

    private final HttpServerResponse response;
    private final PageReader<T> pages;
    private final Function<T, List<?>> cells;
    private final Promise<Void> sent = Promise.promise();

    /** Reads a part of a list: after a position if the list is not counted, otherwise from an offset. */
    interface PageReader<T> {
        Future<Page<T>> read(String after, long offset, int limit);
    }

    private CsvDownload(HttpServerResponse response, PageReader<T> pages, Function<T, List<?>> cells) {
        this.response = response;
        this.pages = pages;
        this.cells = cells;
    }

    /**
     * Sends the whole list.
     *
     * @param cells of a row; null: empty
     */
    static <T> Future<Void> send(
            Request call, String fileName, List<String> columns, PageReader<T> pages, Function<T, List<?>> cells) {
        HttpServerResponse response =
                call.download("text/csv; charset=utf-8", fileName).setChunked(true);
        CsvDownload<T> download = new CsvDownload<>(response, pages, cells);
        response.write(BYTE_ORDER_MARK + line(columns))
                .onSuccess(begun -> download.step("", 0))
                .onFailure(download.sent::tryFail);
        return download.sent.future();
    }

    /** Each step is a separate chain of futures; a single chain would grow with the list. */
    private void step(String after, long offset) {
        pages.read(after, offset, PAGE)
                .compose(page -> response.write(text(page)).map(page))
                .onSuccess(page -> goOn(page, offset + PAGE))
                .onFailure(sent::tryFail);
    }

    private void goOn(Page<T> page, long offset) {
        boolean more = page.total() == Page.UNCOUNTED ? !page.next().isEmpty() : offset < page.total();
        if (more && !page.rows().isEmpty()) {
            step(page.next(), offset);
        } else {
            response.end().onComplete(sent);
        }
    }

    private Buffer text(Page<T> page) {
        return Buffer.buffer(
                page.rows().stream().map(row -> line(cells.apply(row))).collect(Collectors.joining()));
    }

    static String line(List<?> cells) {
        return cells.stream().map(CsvDownload::cell).collect(Collectors.joining(",")) + "\r\n";
    }

    private static String cell(@Nullable Object value) {
        String text = Objects.toString(value, "");
        String harmless = value instanceof CharSequence && FORMULA.matcher(text).matches() ? '\'' + text : text;
        return QUOTED.matcher(harmless).find() ? '"' + harmless.replace("\"", "\"\"") + '"' : harmless;
    }
}
