package io.verstak.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 0 lets the system choose a free one
 */
public record ListenAddress(String host, int port) {
    /** A number from 0 to 65535. */
    static final String PORT = "(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[^\\[\\]:\\s]+):(" + PORT + ")");

    /** @throws ConfigException naming {@code key}, unless the text is {@code HOST:PORT} */
    public static ListenAddress parse(String key, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw ConfigException.notAllowed(key, text, "HOST:PORT with a port from 0 to 65535");
        }
        String host = matcher.group(1);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new ListenAddress(host, Integer.parseInt(matcher.group(2)));
    }

    public ListenAddress withPort(int newPort) {
        return new ListenAddress(host, newPort);
    }

    /** The form that {@link #parse} reads and that stands in a URL. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
