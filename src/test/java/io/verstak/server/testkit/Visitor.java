package io.verstak.server.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody with a browser that keeps cookies, sends forms with the token of the page that they stand on, and runs nothing. */
public final class Visitor {
    private static final Pattern TOKEN = Pattern.compile("name=\"csrf_token\" value=\"([0-9a-f]{64})\"");

    private final Function<Request, Answer> server;
    private final Map<String, String> cookies = new LinkedHashMap<>();

    public Visitor(TestServer server) {
        this(server::port);
    }

    /** @param port asked for each request */
    public Visitor(IntSupplier port) {
        this.server = request -> {
            try {
                return Http.once(port.getAsInt(), request);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /** A visitor who has signed in with everybody's password. */
    public static Visitor user(TestServer server, String name) {
        Visitor visitor = new Visitor(server);
        visitor.send("/login", "/login", "username=" + name, "password=" + TestServer.PASSWORD);
        return visitor;
    }

    public Answer get(String path) {
        return take(server.apply(withCookies(Request.get(path))));
    }

    /** Opens a page and sends a form that stands on it. Fields are {@code name=value}, as typed. */
    public Answer send(String page, String action, String... fields) {
        Matcher token = TOKEN.matcher(get(page).text());
        if (!token.find()) {
            throw new AssertionError("no form on " + page);
        }
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = "csrf_token=" + token.group(1);
        return post(form(action, all));
    }

    /** Sends a request with the cookies as they are. */
    public Answer post(Request request) {
        return take(server.apply(withCookies(request)));
    }

    /** A form as a browser sends it. */
    public static Request form(String action, String... fields) {
        String body =
                String.join("&", Arrays.stream(fields).map(Visitor::encode).toList());
        return Request.post(action, body.getBytes(StandardCharsets.UTF_8))
                .with("Content-Type", "application/x-www-form-urlencoded");
    }

    public Map<String, String> cookies() {
        return Map.copyOf(cookies);
    }

    public String cookie(String name) {
        return cookies.getOrDefault(name, "");
    }

    public Visitor withCookie(String name, String value) {
        cookies.put(name, value);
        return this;
    }

    private Request withCookies(Request request) {
        List<String> pairs = cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .toList();
        return pairs.isEmpty() ? request : request.with("Cookie", String.join("; ", pairs));
    }

    private Answer take(Answer answer) {
        for (String set : answer.headers().getOrDefault("set-cookie", List.of())) {
            String[] pair = set.split(";", 2)[0].split("=", 2);
            if (pair[1].isEmpty()) {
                cookies.remove(pair[0]);
            } else {
                cookies.put(pair[0], pair[1]);
            }
        }
        return answer;
    }

    private static String encode(String field) {
        String[] pair = field.split("=", 2);
        return pair[0] + "=" + URLEncoder.encode(pair[1], StandardCharsets.UTF_8);
    }
}
