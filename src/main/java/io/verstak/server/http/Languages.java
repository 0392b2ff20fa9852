package io.verstak.server.http;

import io.verstak.server.domain.Language;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** In which language to speak to somebody: the one they chose on a page, or else what their browser asks for. */
public final class Languages {
    private Languages() {}

    /** Empty when the reader asks for none that the server speaks. */
    public static Optional<Language> asked(RoutingContext context) {
        return Cookies.read(context, Cookies.LANGUAGE)
                .flatMap(Languages::spoken)
                .or(() -> context.acceptableLanguages().stream()
                        // Of an element without a tag, such as a lone semicolon, there is none.
                        .flatMap(element -> Stream.ofNullable(element.tag()))
                        .flatMap(tag -> spoken(tag).stream())
                        .findFirst());
    }

    /** A language by its tag, without regard to case. */
    public static Optional<Language> spoken(String tag) {
        return switch (tag.toLowerCase(Locale.ROOT)) {
            case "en" -> Optional.of(Language.EN);
            case "ru" -> Optional.of(Language.RU);
            default -> Optional.empty();
        };
    }
}
