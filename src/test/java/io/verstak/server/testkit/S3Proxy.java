package io.verstak.server.testkit;

import io.verstak.server.blob.s3.S3Access;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Stands before the S3 server and does to its requests what networks and busy services do. */
public final class S3Proxy implements AutoCloseable {
    private static final int NOT_FOUND = 404;
    private static final int MANY = 1000;

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = vertx.createHttpClient();
    private final HttpServer server;
    private final List<Plan> plans = new ArrayList<>();

    /** What happens to a request. */
    public enum Fault {
        SLOW_DOWN(503, "SlowDown"),
        INTERNAL_ERROR(500, "InternalError"),
        ACCESS_DENIED(403, "AccessDenied"),
        UNKNOWN_KEY(403, "InvalidAccessKeyId"),
        WRONG_SECRET(403, "SignatureDoesNotMatch"),
        FULL(507, "InsufficientStorage"),
        NO_KEY(NOT_FOUND, "NoSuchKey"),
        NO_BUCKET(NOT_FOUND, "NoSuchBucket"),
        /** The server does what it is asked for, and nobody is told. */
        LOST_ANSWER(0, ""),
        /** The connection ends within the body of the request. */
        CUT_REQUEST(0, ""),
        /** The connection ends within the body of the answer. */
        CUT_ANSWER(0, ""),
        /** The answer takes a while. */
        DELAY(0, "");

        private final int status;
        private final String code;

        Fault(int status, String code) {
            this.status = status;
            this.code = code;
        }
    }

    private static final class Plan {
        final Fault fault;
        final Predicate<HttpServerRequest> requests;
        int times;

        Plan(Fault fault, int times, Predicate<HttpServerRequest> requests) {
            this.fault = fault;
            this.times = times;
            this.requests = requests;
        }
    }

    public S3Proxy() {
        // Without a handler, Vert.x logs a reset as an error, which ServerLog would take for one of the server.
        server = Futures.await(vertx.createHttpServer()
                .connectionHandler(connection -> connection.exceptionHandler(reset -> {}))
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1"));
    }

    /** Returns the access through this proxy to what another one reaches. */
    public S3Access before(S3Access access) {
        return TestS3.at("http://127.0.0.1:" + server.actualPort(), access.prefix());
    }

    /** Lets the next so many requests of a kind fail. */
    public void fail(Fault fault, int times, Predicate<HttpServerRequest> requests) {
        synchronized (plans) {
            plans.add(new Plan(fault, times, requests));
        }
    }

    /** Lets all requests of a kind fail until {@link #heal}. */
    public void failAll(Fault fault, Predicate<HttpServerRequest> requests) {
        fail(fault, MANY, requests);
    }

    /** Returns how many of the planned failures have not come. */
    public int left() {
        synchronized (plans) {
            return plans.stream().mapToInt(plan -> plan.times).sum();
        }
    }

    public void heal() {
        synchronized (plans) {
            plans.clear();
        }
    }

    private void handle(HttpServerRequest request) {
        synchronized (plans) {
            for (Plan plan : plans) {
                if (plan.times > 0 && plan.requests.test(request)) {
                    plan.times--;
                    handle(request, plan.fault);
                    return;
                }
            }
        }
        forward(request).onSuccess(answer -> relay(answer, request)).onFailure(failure -> cut(request));
    }

    private void handle(HttpServerRequest request, Fault fault) {
        switch (fault) {
            case LOST_ANSWER ->
                forward(request).compose(HttpClientResponse::body).onComplete(answer -> cut(request));
            case CUT_REQUEST -> request.handler(piece -> cut(request));
            case CUT_ANSWER ->
                forward(request)
                        .compose(answer -> answer.body().map(body -> {
                            HttpServerResponse response = copyHead(answer, request);
                            response.write(body.slice(0, body.length() / 2)).onComplete(sent -> cut(request));
                            return response;
                        }))
                        .onFailure(failure -> cut(request));
            case DELAY -> {
                request.pause();
                vertx.timer(1, TimeUnit.SECONDS)
                        .compose(later -> forward(request))
                        .onSuccess(answer -> relay(answer, request))
                        .onFailure(failure -> cut(request));
            }
            default ->
                request.body()
                        .onComplete(body -> request.response()
                                .setStatusCode(fault.status)
                                .putHeader(HttpHeaders.CONTENT_TYPE, "application/xml")
                                .end("<?xml version=\"1.0\"?><Error><Code>" + fault.code + "</Code><Message>"
                                        + "a failure</Message></Error>"));
        }
    }

    private static void cut(HttpServerRequest request) {
        request.connection().close();
    }

    private Future<HttpClientResponse> forward(HttpServerRequest request) {
        request.pause();
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(TestS3.port())
                .setMethod(request.method())
                .setURI(request.uri())
                .setHeaders(request.headers());
        return client.request(options).compose(to -> to.send(request));
    }

    private static void relay(HttpClientResponse answer, HttpServerRequest request) {
        HttpServerResponse response = copyHead(answer, request);
        answer.pipeTo(response).onFailure(failure -> cut(request));
    }

    private static HttpServerResponse copyHead(HttpClientResponse answer, HttpServerRequest request) {
        HttpServerResponse response = request.response().setStatusCode(answer.statusCode());
        response.headers().addAll(answer.headers());
        return response;
    }

    @Override
    public void close() {
        Futures.await(server.close());
        Futures.await(client.close());
        Futures.await(vertx.close());
    }
}
