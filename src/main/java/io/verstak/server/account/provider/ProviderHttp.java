package io.verstak.server.account.provider;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to providers. An answer is a JSON object of at most 256 KiB and arrives within 10 s, redirects are not followed, and TLS
 * certificates are checked against the host's name. Futures fail with {@link ProviderException}, on the caller's context.
 */
final class ProviderHttp {
    /** How long an answer may take. */
    static final Duration WHOLE = Duration.ofSeconds(10);

    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_HEAD = 16 << 10;
    private static final int CONNECT_MILLIS = 5_000;
    private static final int CONNECTIONS_OF_ONE = 8;
    private static final int WAITING = 64;
    private static final int OK = 200;

    private final HttpClient client;
    private final Duration patience;

    /**
     * A provider's answer.
     *
     * @param body empty if it is not a JSON object
     */
    record Answer(int status, JsonObject body) {
        boolean isOk() {
            return status == OK;
        }
    }

    ProviderHttp(Vertx vertx, Duration patience) {
        this.patience = patience;
        client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setSsl(true)
                        .setVerifyHost(true)
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setIdleTimeout((int) WHOLE.toSeconds())
                        .setMaxHeaderSize(MAX_HEAD)
                        .setDecompressionSupported(false)
                        .setMaxRedirects(0),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_OF_ONE).setMaxWaitQueueSize(WAITING));
    }

    /** Reads a document of the provider. Fails unless the answer is 200 with JSON. */
    Future<JsonObject> get(URI uri) {
        return send(HttpMethod.GET, uri, Map.of(), null).map(answer -> {
            if (!answer.isOk()) {
                throw ProviderException.unreachable("%s answers %s".formatted(uri, answer.status()));
            }
            return answer.body();
        });
    }

    /** Sends a form. */
    Future<Answer> post(URI uri, Map<String, String> headers, Buffer form) {
        return send(HttpMethod.POST, uri, headers, form);
    }

    private Future<Answer> send(HttpMethod method, URI uri, Map<String, String> headers, @Nullable Buffer form) {
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setAbsoluteURI(uri.toString())
                .setFollowRedirects(false)
                .setConnectTimeout(CONNECT_MILLIS);
        Promise<HttpClientRequest> begun = Promise.promise();
        return client.request(options)
                .onSuccess(begun::tryComplete)
                .compose(request -> {
                    request.putHeader(HttpHeaders.ACCEPT, "application/json");
                    headers.forEach(request::putHeader);
                    return (form == null
                                    ? request.send()
                                    : request.putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
                                            .send(form))
                            .compose(response -> body(request, response, uri));
                })
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    begun.future().onSuccess(HttpClientRequest::reset);
                    return Future.failedFuture(
                            failure instanceof ProviderException known
                                    ? known
                                    : ProviderException.unreachable("%s: %s".formatted(uri, reason(failure))));
                });
    }

    private static Future<Answer> body(HttpClientRequest request, HttpClientResponse response, URI uri) {
        Promise<Answer> read = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(chunk -> {
            if (body.length() + chunk.length() > MAX_BYTES) {
                read.tryFail(ProviderException.unreachable("%s answers more than 256 KiB".formatted(uri)));
                request.reset();
            } else {
                body.appendBuffer(chunk);
            }
        });
        response.exceptionHandler(read::tryFail);
        response.endHandler(end -> {
            try {
                read.tryComplete(new Answer(response.statusCode(), json(response, body)));
            } catch (DecodeException | ClassCastException notAnObject) {
                read.tryFail(ProviderException.unreachable("%s does not answer JSON".formatted(uri)));
            }
        });
        return read.future();
    }

    /** What is no JSON is nothing to tell of when the answer is an error. */
    private static JsonObject json(HttpClientResponse response, Buffer body) {
        @Nullable String type = response.getHeader(HttpHeaders.CONTENT_TYPE);
        boolean announced = type != null && type.toLowerCase(Locale.ROOT).contains("json");
        if (response.statusCode() != OK && !announced) {
            return new JsonObject();
        }
        if (!announced) {
            throw new DecodeException("another type");
        }
        return body.toJsonObject();
    }

    private String reason(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "no answer within " + patience.toMillis() + " ms";
        }
        @Nullable String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    Future<Void> close() {
        return client.close();
    }
}
