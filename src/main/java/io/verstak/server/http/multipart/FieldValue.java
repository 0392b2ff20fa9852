package io.verstak.server.http.multipart;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of a header field with parameters: {@code form-data; name="file"} (RFC 9110, section 5.6.6). Malformed ones
 * are refused with {@code INVALID_MULTIPART}, and so are parameters given twice.
 */
final class FieldValue {
    private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";
    /** Characters of a boundary that need quotes, which many clients forget. */
    private static final String OFTEN_UNQUOTED = "()/:=?,";

    private final String text;
    private final String value;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private int at;

    private FieldValue(String text) {
        this.text = text;
        int end = text.indexOf(';');
        at = end < 0 ? text.length() : end;
        value = text.substring(0, at).strip().toLowerCase(Locale.ROOT);
        while (at < text.length()) {
            parameter();
        }
    }

    static FieldValue parse(String text) {
        return new FieldValue(text);
    }

    /** Returns the text before the parameters, in lower case. */
    String value() {
        return value;
    }

    /** @param name in lower case */
    @Nullable
    String parameter(String name) {
        return parameters.get(name);
    }

    private void parameter() {
        expect(';');
        skipSpace();
        if (at == text.length()) {
            return;
        }
        String name = token("").toLowerCase(Locale.ROOT);
        skipSpace();
        expect('=');
        skipSpace();
        String content = at < text.length() && text.charAt(at) == '"' ? quoted() : token(OFTEN_UNQUOTED);
        skipSpace();
        if (parameters.put(name, content) != null) {
            throw malformed();
        }
    }

    /** @param more characters that are accepted as well */
    private String token(String more) {
        int from = at;
        while (at < text.length() && (isTokenCharacter(text.charAt(at)) || more.indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at == from) {
            throw malformed();
        }
        return text.substring(from, at);
    }

    private String quoted() {
        StringBuilder content = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            // Old browsers sent C:\folder\name unescaped; only the end of the name matters here.
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            content.append(text.charAt(at));
            at++;
        }
        expect('"');
        return content.toString();
    }

    private void expect(char character) {
        if (at == text.length() || text.charAt(at) != character) {
            throw malformed();
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    /** Beyond ASCII, too: clients write file names as they are. */
    private static boolean isTokenCharacter(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c > 127
                || TOKEN_SYMBOLS.indexOf(c) >= 0;
    }

    private static ServerException malformed() {
        return new ServerException(ErrorCode.INVALID_MULTIPART);
    }
}
