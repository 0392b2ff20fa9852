package io.verstak.server.http.web;

import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;

/** The texts of refusals in the reader's language, and the fields of forms that they are about. */
public final class ErrorMessages {
    private static final int TOO_MANY = ErrorCode.RATE_LIMITED.status();
    private static final ResourceBundle FIELDS = ResourceBundle.getBundle("i18n.problem-fields", Locale.ROOT);

    private ErrorMessages() {}

    /** Returns the text of the refusal's message, or else of its code, or of its status. */
    static String text(ServerException refusal, Language language) {
        String byCode = "error." + refusal.code().code() + ".advice";
        String byStatus = "error." + refusal.code().status() + ".advice";
        return refusal.message()
                .map(message -> language.text(key(message)))
                .orElseGet(() -> refusal.code().status() == TOO_MANY && refusal.retryAfterSeconds() > 0
                        ? TemplateFunctions.plural(language, "error.429.wait", minutes(refusal.retryAfterSeconds()))
                        : language.text(language.has(byCode) ? byCode : byStatus, "error.other.advice"));
    }

    private static long minutes(int seconds) {
        return (seconds + 59L) / 60;
    }

    /**
     * Returns the names of the field that the refusal is about: its name, or what a browser fills into it ({@code
     * current-password}, {@code new-password}). Empty when it is about no single field.
     */
    static List<String> fields(ServerException refusal) {
        return refusal.message()
                .map(ErrorMessages::key)
                .filter(FIELDS::containsKey)
                .map(key -> List.of(FIELDS.getString(key).split(" ")))
                .orElse(List.of());
    }

    /** Returns the key of a message's texts: {@code problem.wrong-password} of {@code WRONG_PASSWORD}. */
    public static String key(Message message) {
        return "problem." + message.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
