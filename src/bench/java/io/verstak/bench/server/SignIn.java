package io.verstak.bench.server;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Signs in on the pages, as one person who is both a user and the administrator. */
public final class SignIn {
    private static final Pattern TOKEN = Pattern.compile("name=\"csrf_token\" value=\"([0-9a-f]{64})\"");
    private static final int SEE_OTHER = 303;

    private final String server;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    private SignIn(ServerProcess server) {
        this.server = "http://127.0.0.1:" + server.address().getPort();
    }

    /** The cookies with which every page opens, as a request's header has them. */
    public static String cookies(ServerProcess server) throws IOException, InterruptedException {
        SignIn visitor = new SignIn(server);
        visitor.at("/login", ServerHome.USER);
        visitor.at("/admin/login", ServerProcess.ADMINISTRATOR);
        return visitor.cookies.getCookieStore().getCookies().stream()
                .map(cookie -> cookie.getName() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    private void at(String path, String name) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
        Matcher token = TOKEN.matcher(
                client.send(request.build(), BodyHandlers.ofString()).body());
        if (!token.find()) {
            throw new IOException("no form on " + path);
        }
        String form =
                "username=" + name + "&password=" + encoded(ServerHome.PASSWORD) + "&csrf_token=" + token.group(1);
        HttpRequest signIn = request.header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        int status = client.send(signIn, BodyHandlers.discarding()).statusCode();
        if (status != SEE_OTHER) {
            throw new IOException(path + ": status " + status);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
