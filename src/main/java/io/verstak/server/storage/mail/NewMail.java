package io.verstak.server.storage.mail;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * A mail to be queued. Times are milliseconds since the epoch.
 *
 * @param id 32 random hexadecimal digits
 * @param kind the kind of its text
 * @param recipient one address, in ASCII, without a name
 * @param language a tag such as {@code ru}
 * @param variables the values for its text, including a token; stored encrypted only
 * @param expiresAt when it becomes useless and is no longer sent
 */
public record NewMail(
        String id,
        String kind,
        String recipient,
        String language,
        Map<String, String> variables,
        long createdAt,
        long expiresAt) {

    private static final int MAX_ADDRESS = 254;
    private static final Pattern ADDRESS =
            Pattern.compile("[!-~&&[^<>()\\[\\]\\\\,;:@\"]]{1,64}@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*");

    /**
     * @throws IllegalArgumentException for a recipient that could be read as more than one address in a command or a
     *     header
     */
    public NewMail {
        if (recipient.length() > MAX_ADDRESS || !ADDRESS.matcher(recipient).matches()) {
            throw new IllegalArgumentException("not an e-mail address");
        }
        variables = Map.copyOf(variables);
    }

    /** Omits the variables, since mails contain tokens. */
    @Override
    public String toString() {
        return "NewMail[%s, %s]".formatted(id, kind);
    }
}
