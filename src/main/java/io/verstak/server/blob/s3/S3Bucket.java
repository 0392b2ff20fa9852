package io.verstak.server.blob.s3;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.BytesWrapper;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The requests to a bucket, each tried some times. Safe for any thread. Futures complete on the caller's context, and
 * fail with what the library throws; {@link S3Failures} says what that means.
 */
final class S3Bucket {
    private static final String DEFAULT_REGION = "us-east-1";
    private static final int MOST_CONNECTIONS = 1000;
    private static final int ATTEMPTS = 4;
    private static final int THREADS = 2;
    /** Closed connections still report to their pool for this long. */
    private static final long QUIET_MILLIS = 200;

    /** How often a bucket is asked again for an object that it says is missing; the pauses double. */
    private static final int DOUBTS = 3;

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final int FILE_PIECE_BYTES = 64 << 10;
    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(5);
    /** How long a connection may be silent. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final S3AsyncClient client;
    private final S3AsyncClient once;
    private final SdkAsyncHttpClient http;
    private final SdkEventLoopGroup loops;
    private final String bucket;
    private final String prefix;

    /**
     * What a bucket says of an object.
     *
     * @param checksum the SHA-256 of its bytes, or of its parts' ones, in Base64; empty if the bucket has none
     */
    record Seen(long size, String etag, String checksum) {}

    private S3Bucket(
            Vertx vertx,
            S3AsyncClient client,
            S3AsyncClient once,
            SdkAsyncHttpClient http,
            SdkEventLoopGroup loops,
            S3Access access) {
        this.vertx = vertx;
        this.client = client;
        this.once = once;
        this.http = http;
        this.loops = loops;
        this.bucket = access.bucket();
        this.prefix = access.keyPrefix();
    }

    /** Uses only {@code access}: neither profiles nor environment variables are read. */
    static S3Bucket open(Vertx vertx, S3Access access) {
        SdkEventLoopGroup loops = SdkEventLoopGroup.builder()
                .numberOfThreads(THREADS)
                .threadFactory(new DefaultThreadFactory("s3", true))
                .build();
        SdkAsyncHttpClient http = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(loops)
                .maxConcurrency(MOST_CONNECTIONS)
                .connectionTimeout(CONNECTED_WITHIN)
                .readTimeout(SILENT)
                .writeTimeout(SILENT)
                .build();
        return new S3Bucket(vertx, client(access, http, ATTEMPTS), client(access, http, 1), http, loops, access);
    }

    private static S3AsyncClient client(S3Access access, SdkAsyncHttpClient http, int attempts) {
        return S3AsyncClient.builder()
                .endpointOverride(access.uri())
                .region(Region.of(access.region().isEmpty() ? DEFAULT_REGION : access.region()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(access.accessKey(), access.secretKey())))
                .forcePathStyle(access.pathStyle())
                // Proxies before object stores do not all answer it, and the body would wait.
                .serviceConfiguration(options -> options.expectContinueEnabled(false))
                // Checksums in trailers are refused by many products; each upload has its own in a header.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClient(http)
                .overrideConfiguration(options -> options.defaultProfileFile(
                                ProfileFile.aggregator().build())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(attempts)
                                .build()))
                .asyncConfiguration(options ->
                        options.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .build();
    }

    /** Returns the result on the caller's context. */
    <T> Future<T> here(Future<T> result) {
        return Future.fromCompletionStage(result.toCompletionStage(), vertx.getOrCreateContext());
    }

    private <T> Future<T> onContext(CompletableFuture<T> answer) {
        return Future.fromCompletionStage(answer, vertx.getOrCreateContext())
                .recover(failure -> Future.failedFuture(unwrapped(failure)));
    }

    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Stores a part of a file, which has this checksum, as an object. Returns its etag. */
    Future<String> put(String key, AsyncRequestBody body, Sha256 checksum) {
        return onContext(client.putObject(
                        request -> request.bucket(bucket).key(prefix + key).checksumSHA256(base64(checksum)), body))
                .map(stored -> etag(stored.eTag()));
    }

    /** Returns a part of a file as the body of a request. It is read as the connection takes it. */
    static AsyncRequestBody body(Path file, long from, long length) {
        return AsyncRequestBody.fromFile(options ->
                options.path(file).position(from).numBytesToRead(length).chunkSizeInBytes(FILE_PIECE_BYTES));
    }

    /** Begins an upload in parts. Returns its id. */
    Future<String> beginParts(String key) {
        return onContext(client.createMultipartUpload(request ->
                        request.bucket(bucket).key(prefix + key).checksumAlgorithm(ChecksumAlgorithm.SHA256)))
                .map(CreateMultipartUploadResponse::uploadId);
    }

    /** Stores a part, or replaces it. Returns its etag. */
    Future<String> putPart(String key, String uploadId, int number, AsyncRequestBody body, Sha256 checksum) {
        return onContext(client.uploadPart(
                        request -> request.bucket(bucket)
                                .key(prefix + key)
                                .uploadId(uploadId)
                                .partNumber(number)
                                .checksumSHA256(base64(checksum)),
                        body))
                .map(UploadPartResponse::eTag);
    }

    /** Makes an object of all parts. Returns its etag. */
    Future<String> endParts(String key, String uploadId, List<Part> parts) {
        List<CompletedPart> all = parts.stream()
                .map(part -> CompletedPart.builder()
                        .partNumber(part.number())
                        .eTag(part.etag())
                        .checksumSHA256(base64(part.sha256()))
                        .build())
                .toList();
        return onContext(client.completeMultipartUpload(request -> request.bucket(bucket)
                        .key(prefix + key)
                        .uploadId(uploadId)
                        .multipartUpload(upload -> upload.parts(all))))
                .map(stored -> etag(stored.eTag()));
    }

    Future<Void> abortParts(String key, String uploadId) {
        return onContext(client.abortMultipartUpload(
                        request -> request.bucket(bucket).key(prefix + key).uploadId(uploadId)))
                .mapEmpty();
    }

    /** Looks at an object; empty if there is none. */
    Future<Optional<Seen>> head(String key) {
        return onContext(client.headObject(
                        request -> request.bucket(bucket).key(prefix + key).checksumMode(ChecksumMode.ENABLED)))
                .map(seen -> Optional.of(seen(seen)))
                .recover(failure -> S3Failures.isMissing(failure)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /** Looks at an object that must be there. What is missing is asked for again, and so is the bucket itself. */
    Future<Optional<Seen>> surely(String key) {
        return surely(key, 1);
    }

    private Future<Optional<Seen>> surely(String key, int time) {
        return head(key).compose(seen -> {
            if (seen.isPresent()) {
                return Future.succeededFuture(seen);
            }
            return time < DOUBTS
                    ? vertx.timer(FIRST_PAUSE_MILLIS << (2 * (time - 1)), TimeUnit.MILLISECONDS)
                            .compose(later -> surely(key, time + 1))
                    : head(ServerMark.KEY)
                            .compose(mark -> mark.isPresent()
                                    ? Future.succeededFuture(Optional.empty())
                                    : Future.failedFuture(new IOException("the bucket is not the server's")));
        });
    }

    private static Seen seen(HeadObjectResponse answer) {
        String checksum = answer.checksumSHA256();
        return new Seen(answer.contentLength(), etag(answer.eTag()), checksum == null ? "" : checksum);
    }

    /** Reads a range of an object into memory; its body is complete. For callers that block. */
    CompletableFuture<byte[]> bytes(String key, long from, long length) {
        return client.getObject(get(key, from, length), AsyncResponseTransformer.toBytes())
                .thenApply(BytesWrapper::asByteArrayUnsafe);
    }

    /** Reads a range of an object into memory. */
    Future<byte[]> range(String key, long from, long length) {
        return onContext(bytes(key, from, length));
    }

    /** Returns a whole small object. */
    Future<byte[]> small(String key) {
        GetObjectRequest request =
                GetObjectRequest.builder().bucket(bucket).key(prefix + key).build();
        return onContext(client.getObject(request, AsyncResponseTransformer.toBytes()))
                .map(BytesWrapper::asByteArrayUnsafe);
    }

    /** Reads a range of an object as it comes, once: what breaks off has partly been used. Completes with the body. */
    Future<Void> stream(String key, long from, long length, AsyncResponseTransformer<GetObjectResponse, Void> to) {
        return onContext(once.getObject(get(key, from, length), to));
    }

    private GetObjectRequest get(String key, long from, long length) {
        return GetObjectRequest.builder()
                .bucket(bucket)
                .key(prefix + key)
                .range("bytes=" + from + "-" + (from + length - 1))
                .build();
    }

    /** Deletes an object, or nothing if there is none. */
    Future<Void> delete(String key) {
        return onContext(client.deleteObject(request -> request.bucket(bucket).key(prefix + key)))
                .mapEmpty();
    }

    /** Blocks until the connections are closed. */
    void close() {
        client.close();
        once.close();
        http.close();
        loops.eventLoopGroup()
                .shutdownGracefully(QUIET_MILLIS, SILENT.toMillis(), TimeUnit.MILLISECONDS)
                .syncUninterruptibly();
    }

    static String base64(Sha256 sha256) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256.hex()));
    }

    static String etag(@Nullable String etag) {
        return etag == null ? "" : etag.replace("\"", "");
    }
}
