package io.verstak.server.storage;

/** Patterns of {@code LIKE … ESCAPE '!'} from what people type: nothing of it is a wildcard. */
final class SearchPattern {
    private SearchPattern() {}

    static String containing(String text) {
        return "%" + text.replaceAll("[!%_]", "!$0") + "%";
    }
}
