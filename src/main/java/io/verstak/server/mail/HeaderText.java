package io.verstak.server.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Encodes text of any script as the value of a mail header (RFC 2047). A control character becomes a space, so that no
 * value starts a new line; the only line breaks come from folding.
 */
final class HeaderText {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern PLAIN = Pattern.compile("[ -~]{0,60}");
    /** UTF-8 bytes per encoded word: 60 characters with the markup, which leaves room for the header's name. */
    private static final int WORD_BYTES = 36;

    private HeaderText() {}

    /** Encodes an unstructured value, such as a subject. */
    static String unstructured(String text) {
        String clean = clean(text);
        return isPlain(clean) ? clean : encoded(clean);
    }

    /** Encodes an address with a display name; an empty name is omitted. */
    static String mailbox(String name, String address) {
        String clean = clean(name);
        if (clean.isEmpty()) {
            return address;
        }
        String phrase = isPlain(clean) ? "\"" + clean.replaceAll("[\\\\\"]", "\\\\$0") + "\"" : encoded(clean);
        return phrase + " <" + address + ">";
    }

    private static String clean(String text) {
        return CONTROL.matcher(text).replaceAll(" ").strip();
    }

    private static boolean isPlain(String text) {
        return PLAIN.matcher(text).matches() && !text.contains("=?");
    }

    /** Each encoded word ends with a complete character. */
    private static String encoded(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        text.codePoints().mapToObj(Character::toString).forEach(character -> {
            if (utf8(word + character).length > WORD_BYTES) {
                words.add(word(word));
                word.setLength(0);
            }
            word.append(character);
        });
        words.add(word(word));
        return String.join("\r\n ", words);
    }

    private static String word(CharSequence text) {
        return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(utf8(text.toString())) + "?=";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
