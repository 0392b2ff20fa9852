package io.verstak.server.http.web.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.verstak.server.http.web.files.TextComparison.Kind;
import io.verstak.server.http.web.files.TextComparison.Piece;
import io.verstak.server.http.web.files.TextComparison.Row;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextComparisonTest {

    @Test
    void words_of_a_changed_line_and_lines_that_came_and_went_are_told() {
        assertThat(shown("a\nold word here\ngone\nz", "a\nnew word here\nz\nlast"))
                .containsExactly(
                        "SAME 1 a | 1 a",
                        "CHANGED 2 [old] word here | 2 [new] word here",
                        "REMOVED 3 [gone] | 0 ",
                        "SAME 4 z | 3 z",
                        "ADDED 0  | 4 [last]");
    }

    @Test
    void equal_lines_far_from_a_change_are_folded_unless_all_are_wanted() {
        String lines = IntStream.range(0, 20).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
        String changed = lines.replace("line 10", "another 10");

        assertThat(compare(lines, changed, true).rows())
                .extracting(Row::kind, Row::oldNumber)
                .startsWith(tuple(Kind.FOLDED, 7))
                .contains(tuple(Kind.CHANGED, 11))
                .endsWith(tuple(Kind.FOLDED, 6))
                .hasSize(9);
        assertThat(compare(lines, changed, false).rows()).hasSize(20);
    }

    @Test
    void ends_of_lines_do_not_count_and_nothing_differs_from_itself() {
        assertThat(compare("a\r\nb\r\n", "a\nb\n", true).isSame()).isTrue();
        assertThat(compare("", "", true).rows()).isEmpty();
        assertThat(shown("", "one")).containsExactly("ADDED 0  | 1 [one]");
    }

    @Test
    void texts_that_differ_in_everything_are_bounded() {
        String old = numbered("old ", TextComparison.MAX_LINES);
        String now = numbered("new ", TextComparison.MAX_LINES);

        assertThat(compare(old, now, true).cut()).isTrue();
        assertThat(TextComparison.of(old + "\n", now, true)).isEmpty();
        String long1 = "word ".repeat(200_000);
        assertThat(compare(long1, long1 + "x", true).rows())
                .extracting(Row::oldText)
                .containsExactly(List.of(new Piece(long1, true)));
    }

    @Test
    void a_character_of_two_units_is_a_whole_one() {
        assertThat(shown("за 😀 май", "за 😁 май")).containsExactly("CHANGED 1 за [😀] май | 1 за [😁] май");
    }

    @Test
    void words_of_many_changed_lines_are_bounded() {
        String old = ("same " + ",".repeat(500) + "\n").repeat(1_000);
        String now = ("same " + ";".repeat(500) + "\n").repeat(1_000);

        List<Row> rows = compare(old, now, true).rows();

        assertThat(rows.get(0).oldText()).hasSize(2);
        assertThat(rows.get(999).oldText()).hasSize(1);
    }

    private static String numbered(String text, int lines) {
        return IntStream.range(0, lines).mapToObj(i -> text + i).collect(Collectors.joining("\n"));
    }

    private static TextComparison compare(String old, String now, boolean folds) {
        return TextComparison.of(old, now, folds).orElseThrow();
    }

    private static List<String> shown(String old, String now) {
        return compare(old, now, true).rows().stream()
                .map(row -> row.kind() + " " + row.oldNumber() + " " + text(row.oldText()) + " | " + row.newNumber()
                        + " " + text(row.newText()))
                .toList();
    }

    private static String text(List<Piece> pieces) {
        return pieces.stream()
                .map(piece -> piece.changed() ? "[" + piece.text() + "]" : piece.text())
                .collect(Collectors.joining());
    }
}
