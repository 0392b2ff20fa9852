package io.verstak.server.http.web;

import io.verstak.server.domain.Language;
import io.verstak.server.error.ServerException;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;

/** Says in the reader's language what a refusal says in English, and at which field. */
public final class ErrorMessages {
    private static final ResourceBundle FIELDS = ResourceBundle.getBundle("i18n.problem-fields", Locale.ROOT);

    private ErrorMessages() {}

    /** The refusal's own words, or else those for its code, or for its status. */
    static String text(ServerException refusal, Language language) {
        String byCode = "error." + refusal.code().code() + ".advice";
        String byStatus =
                language.has(byCode) ? byCode : "error." + refusal.code().status() + ".advice";
        return language.text(language.has(key(refusal.text())) ? key(refusal.text()) : byStatus, "error.other.advice");
    }

    /**
     * What the field may be called that the refusal is about: its name, or what a browser fills into it ({@code current-password},
     * {@code new-password}). Empty when it is about no single field.
     */
    static List<String> fields(ServerException refusal) {
        String key = key(refusal.text());
        return FIELDS.containsKey(key) ? List.of(FIELDS.getString(key).split(" ")) : List.of();
    }

    /** The key of a refusal's words: {@code Wrong login or password.} is {@code problem.wrong-login-or-password}. */
    public static String key(String words) {
        String slug = words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return "problem." + slug.replaceAll("^-|-$", "");
    }
}
