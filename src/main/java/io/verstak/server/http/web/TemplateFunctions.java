package io.verstak.server.http.web;

import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateModelException;
import freemarker.template.TemplateNumberModel;
import freemarker.template.TemplateScalarModel;
import io.verstak.server.domain.Language;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The functions of templates, in the reader's language:
 *
 * <ul>
 *   <li>{@code t("key", a, b)}: the text with {@code {0}} and {@code {1}} filled in
 *   <li>{@code textOr("key", words)}: the text, or these words if the language has none
 *   <li>{@code plural("key", n)}: the form of {@code key.one}, {@code .few} or {@code .many} for the number; {@code {0}} is the number
 *   <li>{@code number(n)}, {@code bytes(n)}: as the language writes them; "unknown" for a missing figure
 *   <li>{@code day(millis)}, {@code moment(millis)}: a date, and with its time, in UTC; {@code iso(millis)} for {@code <time>}
 * </ul>
 */
final class TemplateFunctions {
    private static final Map<Language, Map<String, Object>> ALL = new EnumMap<>(Language.class);

    static {
        for (Language language : Language.values()) {
            ALL.put(language, functions(language));
        }
    }

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final int STEP = 1024;
    private static final int FEW_DIGITS = 10;

    private TemplateFunctions() {}

    /** Returns the functions by name. */
    static Map<String, Object> of(Language language) {
        return ALL.getOrDefault(language, Map.of());
    }

    /** {@code url("/path")}: the address of a path of this server, from its host's root. The address of a provider stays as it is. */
    static TemplateMethodModelEx url(String basePath) {
        return function(arguments -> {
            String path = text(arguments, 0);
            return path.startsWith("/") ? basePath + path : path;
        });
    }

    private interface Function {
        String apply(List<?> arguments) throws TemplateModelException;
    }

    private static Map<String, Object> functions(Language language) {
        DateTimeFormatter day = DateTimeFormatter.ofPattern("d MMM uuuu", language.locale());
        DateTimeFormatter moment = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", language.locale());
        DateTimeFormatter exact = DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", language.locale());
        return Map.of(
                "t",
                        function(arguments ->
                                fill(language.text(text(arguments, 0)), arguments.subList(1, arguments.size()))),
                "textOr",
                        function(arguments -> language.has(text(arguments, 0))
                                ? language.text(text(arguments, 0))
                                : text(arguments, 1)),
                "plural", function(arguments -> plural(language, text(arguments, 0), number(arguments, 1))),
                "number",
                        figure(
                                language,
                                count -> NumberFormat.getIntegerInstance(language.locale())
                                        .format(count)),
                "bytes", figure(language, count -> bytes(language, count)),
                "day", function(arguments -> time(arguments, day)),
                "moment", function(arguments -> time(arguments, moment)),
                "exact", function(arguments -> time(arguments, exact)),
                "iso",
                        function(arguments ->
                                Instant.ofEpochMilli(number(arguments, 0)).toString()));
    }

    private static TemplateMethodModelEx figure(Language language, LongFunction<String> written) {
        return function(arguments ->
                arguments.get(0) == null ? language.text("figure.unknown") : written.apply(number(arguments, 0)));
    }

    private static TemplateMethodModelEx function(Function function) {
        return arguments -> function.apply(arguments);
    }

    private static String time(List<?> arguments, DateTimeFormatter format) throws TemplateModelException {
        return format.format(Instant.ofEpochMilli(number(arguments, 0)).atOffset(ZoneOffset.UTC));
    }

    static String plural(Language language, String key, long count) {
        String form = key + "." + form(language, Math.abs(count));
        return language.text(form)
                .replace(
                        "{0}",
                        NumberFormat.getIntegerInstance(language.locale()).format(count));
    }

    /** CLDR's rules for whole numbers. */
    private static String form(Language language, long count) {
        if (language == Language.EN) {
            return count == 1 ? "one" : "many";
        }
        long last = count % 10;
        boolean teens = count % 100 >= 11 && count % 100 <= 14;
        if (last == 1 && !teens) {
            return "one";
        }
        return last >= 2 && last <= 4 && !teens ? "few" : "many";
    }

    static String bytes(Language language, long count) {
        double amount = count;
        int unit = 0;
        while (amount >= STEP && unit < UNITS.length - 1) {
            amount /= STEP;
            unit++;
        }
        NumberFormat format = NumberFormat.getNumberInstance(language.locale());
        format.setMaximumFractionDigits(unit > 0 && amount < FEW_DIGITS ? 1 : 0);
        return format.format(amount) + '\u00a0' + language.text("unit." + UNITS[unit]);
    }

    private static String fill(String text, List<?> values) throws TemplateModelException {
        String filled = text;
        for (int i = 0; i < values.size(); i++) {
            filled = filled.replace("{" + i + "}", text(values, i));
        }
        return filled;
    }

    private static String text(List<?> arguments, int index) throws TemplateModelException {
        Object value = arguments.get(index);
        if (value instanceof TemplateScalarModel scalar) {
            @Nullable String text = scalar.getAsString();
            return text == null ? "" : text;
        }
        return Long.toString(number(arguments, index));
    }

    private static long number(List<?> arguments, int index) throws TemplateModelException {
        if (arguments.get(index) instanceof TemplateNumberModel number) {
            return number.getAsNumber().longValue();
        }
        throw new TemplateModelException("argument " + index + " is not a number");
    }
}
