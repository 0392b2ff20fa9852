package io.verstak.server.http.core;

import io.verstak.server.domain.Language;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Selects the language of a reader: the one chosen on a page, or else what the browser requests. */
public final class Languages {
    private Languages() {}

    /** Returns the requested language; empty if none of the requested ones is supported. */
    public static Optional<Language> asked(RoutingContext context) {
        return Cookies.read(context, Cookies.LANGUAGE)
                .flatMap(Languages::spoken)
                .or(() -> context.acceptableLanguages().stream()
                        // An element without a tag, such as a lone semicolon, has none.
                        .flatMap(element -> Stream.ofNullable(element.tag()))
                        .flatMap(tag -> spoken(tag).stream())
                        .findFirst());
    }

    /** Returns a language by its tag, ignoring case. */
    public static Optional<Language> spoken(String tag) {
        return switch (tag.toLowerCase(Locale.ROOT)) {
            case "en" -> Optional.of(Language.EN);
            case "ru" -> Optional.of(Language.RU);
            default -> Optional.empty();
        };
    }
}
