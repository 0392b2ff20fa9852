package io.verstak.server.storage.listing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The beginning of a name that is searched, as it was typed and in other cases, so that each goes along an index whose order knows no cases.
 *
 * @param cases not empty
 */
record NameBeginning(List<String> cases) {
    /** Sorts after every character of a name. */
    static final String LAST = "\udbff\udfff";

    NameBeginning {
        cases = List.copyOf(cases);
    }

    /** @param text not empty */
    static NameBeginning of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        Set<String> cases = new LinkedHashSet<>(List.of(
                text,
                lower,
                text.toUpperCase(Locale.ROOT),
                lower.substring(0, lower.offsetByCodePoints(0, 1)).toUpperCase(Locale.ROOT)
                        + lower.substring(lower.offsetByCodePoints(0, 1))));
        return new NameBeginning(List.copyOf(cases));
    }

    /** Returns the condition of a column for each case; each takes two of the {@link #values}. */
    List<String> conditions(String column) {
        return cases.stream()
                .map(each -> "%1$s >= ? AND %1$s < ?".formatted(column))
                .toList();
    }

    /** Returns the values of all conditions, in their order. */
    List<Object> values() {
        List<Object> values = new ArrayList<>();
        cases.forEach(each -> values.addAll(List.of(each, each + LAST)));
        return values;
    }
}
