package io.verstak.bench.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** The index of the files of a vault, as a program sees it that asks for them. */
public final class FileIndex {
    private static final int COMPLETE = 200;
    private static final int BEHIND = 503;

    private FileIndex() {}

    /**
     * Returns when the index has come to the head of the log: the server brings it there at once, since it is asked for it. Asks again
     * whenever the server, which waits for some seconds, says that it has not.
     */
    public static void await(ServerProcess server, String vault, byte[] token)
            throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/api/v1/vaults/%s/files?limit=1"
                        .formatted(server.address().getPort(), vault)))
                .header("Authorization", "Bearer " + new String(token, StandardCharsets.US_ASCII))
                .build();
        int status = BEHIND;
        while (status == BEHIND) {
            status = client.send(request, BodyHandlers.discarding()).statusCode();
        }
        if (status != COMPLETE) {
            throw new IOException("the files of a vault: status " + status);
        }
    }
}
