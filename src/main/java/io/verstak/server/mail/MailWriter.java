package io.verstak.server.mail;

import freemarker.cache.ClassTemplateLoader;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import io.verstak.server.domain.Language;
import io.verstak.server.storage.mail.NewMail;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes mails in their recipient's language, as plain text and as HTML with the same content. Texts are in the message
 * bundles; a kind without a text omits that part. Safe for any thread.
 */
final class MailWriter {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\w+)}");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern LONG_LINE = Pattern.compile("(.{60,}?) ");

    private static final String NOTHING = "mail.nothing";

    private final Supplier<String> serverName;
    private final Links links;
    private final Template text;
    private final Template html;

    /** Compiles the templates. Blocks; for startup. */
    MailWriter(Supplier<String> serverName, Links links) {
        this.serverName = serverName;
        this.links = links;
        Configuration freeMarker = new Configuration(Configuration.VERSION_2_3_33);
        freeMarker.setTemplateLoader(new ClassTemplateLoader(MailWriter.class, "/templates/mail"));
        freeMarker.setDefaultEncoding(StandardCharsets.UTF_8.name());
        freeMarker.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        freeMarker.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        freeMarker.setLogTemplateExceptions(false);
        freeMarker.setLocale(Locale.ROOT);
        try {
            text = freeMarker.getTemplate("message.ftl");
            html = freeMarker.getTemplate("message.ftlh");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalArgumentException for a kind that this release does not know */
    Message write(NewMail mail) {
        Language language = Language.of(mail.language());
        Map<String, String> values = values(mail, language);
        String kind = "mail." + MailKind.of(mail.kind()).key() + ".";
        String event = mail.variables().getOrDefault(Mails.EVENT, "");
        Map<String, Object> model = new HashMap<>();
        for (String part : new String[] {"subject", "text", "action", "ends", "closing"}) {
            String own = event.isEmpty() ? kind + part : kind + event + "." + part;
            model.put(part, fill(language.has(own) ? language.text(own) : language.text(kind + part, NOTHING), values));
        }
        model.put("details", details(mail.kind(), kind, event, values, language));
        model.put("last", values.getOrDefault(Mails.LAST, "").isEmpty() ? "" : language.text("mail.security.last"));
        model.put("greeting", language.text("mail.greeting"));
        model.put("footer", fill(language.text("mail.footer"), values));
        model.put("link", links.of(mail).orElse(""));
        model.put("language", mail.language());
        return new Message(
                mail.id(),
                mail.recipient(),
                String.valueOf(model.get("subject")),
                render(text, model),
                ascii(render(html, model)));
    }

    /** A line of a table, with its label. */
    public record Detail(String label, String value) {}

    private static List<Detail> details(
            String kind, String prefix, String event, Map<String, String> values, Language language) {
        if (kind.equals(MailKind.EMAIL_CHANGING.key())) {
            return details(prefix + "detail", values.getOrDefault(Mails.ADDRESS, ""), values, language);
        }
        return event.isEmpty() || kind.equals(MailKind.STORAGE.key())
                ? List.of()
                : details(prefix + event + ".detail", values.getOrDefault(Mails.SUBJECT, ""), values, language);
    }

    /** @param label the key of what the subject is */
    private static List<Detail> details(String label, String subject, Map<String, String> values, Language language) {
        String method = Arrays.stream(values.getOrDefault(Mails.METHOD, "").split(" ", -1))
                .map(word -> language.text("method." + word, NOTHING))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(", "));
        return Stream.of(
                        new Detail(language.text("mail.detail.time"), values.getOrDefault("time", "")),
                        new Detail(language.text(label, "mail.detail.name"), subject),
                        new Detail(language.text("mail.detail.agent"), values.getOrDefault(Mails.AGENT, "")),
                        new Detail(language.text("mail.detail.address"), values.getOrDefault(Mails.FROM, "")),
                        new Detail(language.text("mail.detail.method"), method))
                .filter(detail -> !detail.value().isBlank())
                .toList();
    }

    /**
     * Writes HTML in ASCII and in lines far below the 998 octets of RFC 5322. The mail client then sends it as it is:
     * quoted-printable, which it uses for other texts, would break a link over two lines of the raw mail.
     */
    private static String ascii(String html) {
        String ascii = html.codePoints()
                .mapToObj(letter -> letter < 128 ? Character.toString(letter) : "&#" + letter + ";")
                .collect(Collectors.joining());
        return LONG_LINE.matcher(ascii).replaceAll("$1\n");
    }

    private Map<String, String> values(NewMail mail, Language language) {
        Map<String, String> values = new HashMap<>(mail.variables());
        values.put("server", serverName.get());
        values.put("url", links.base());
        values.put("time", time(happenedAt(mail), language));
        values.put("ends", time(mail.expiresAt(), language));
        values.replaceAll((name, value) -> CONTROL.matcher(value).replaceAll(" "));
        return values;
    }

    private static long happenedAt(NewMail mail) {
        String at = mail.variables().get(Mails.AT);
        return at == null ? mail.createdAt() : Long.parseLong(at);
    }

    private static String time(long millis, Language language) {
        return DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm 'UTC'", language.locale())
                .format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    /** Replaces in one pass, so that braces in a value stay as they are. */
    private static String fill(String words, Map<String, String> values) {
        return PLACEHOLDER
                .matcher(words)
                .replaceAll(found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), "")));
    }

    private static String render(Template template, Map<String, Object> model) {
        StringWriter written = new StringWriter();
        try {
            template.process(model, written);
        } catch (TemplateException e) {
            throw new IllegalStateException("the template " + template.getName() + " fits its model", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return written.toString();
    }
}
