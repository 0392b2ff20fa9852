package io.verstak.bench.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** Pairs a device as a desktop does. */
final class Pairing {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Pairing() {}

    /** The token of a new device in a new vault of the home's user. */
    static String pair(ServerProcess server, String vault) throws IOException, InterruptedException {
        byte[] body = JSON.writeValueAsBytes(Map.of(
                "login",
                ServerHome.USER,
                "password",
                ServerHome.PASSWORD,
                "device_name",
                "bench",
                "client_version",
                "bench",
                "vault_id",
                vault));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/client/pair"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode paired = JSON.readTree(answer.body());
        if (answer.statusCode() != 200) {
            throw new IOException("pairing was refused: " + paired);
        }
        return paired.path("device_token").asText();
    }
}
