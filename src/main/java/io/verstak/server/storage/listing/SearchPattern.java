package io.verstak.server.storage.listing;

/** Builds patterns of {@code LIKE … ESCAPE '!'} from search texts, with all wildcards escaped. */
final class SearchPattern {
    private SearchPattern() {}

    static String containing(String text) {
        return "%" + text.replaceAll("[!%_]", "!$0") + "%";
    }
}
