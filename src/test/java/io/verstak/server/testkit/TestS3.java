package io.verstak.server.testkit;

import io.verstak.server.blob.s3.S3Access;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3 server, started in a JVM of its own with the first test of this JVM that asks for a bucket, and ended with it. It
 * checks checksums, and no signatures. With {@code -Dverstak.test.s3=http://127.0.0.1:7070} another one is used, which must know the key
 * {@code verstak-key} with the secret {@code verstak-secret}; parts of its bucket are new with each run.
 */
public final class TestS3 {
    private static final String NAMED = System.getProperty("verstak.test.s3", "");
    private static final String KEY = "verstak-key";
    private static final String SECRET = "verstak-secret";
    private static final String RUN = NAMED.isEmpty() ? "" : Long.toString(System.currentTimeMillis(), 36);
    public static final String BUCKET = "verstak";

    private static final Pattern STARTED = Pattern.compile(".*Tomcat started on ports (\\d+) .*");
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private TestS3() {}

    private static final class Started {
        static final int PORT = NAMED.isEmpty() ? start() : URI.create(NAMED).getPort();
        static final S3AsyncClient CLIENT = S3AsyncClient.builder()
                .endpointOverride(URI.create(endpoint()))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .forcePathStyle(true)
                .build();

        static {
            if (!NAMED.isEmpty()) {
                try {
                    CLIENT.createBucket(
                                    CreateBucketRequest.builder().bucket(BUCKET).build())
                            .join();
                } catch (CompletionException exists) {
                    // An earlier run has made it.
                }
            }
        }

        private static int start() {
            try {
                Path root = Files.createTempDirectory(Path.of("target", "s3mock"), "root");
                Process process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                Files.readString(Path.of("target", "s3mock", "classpath")),
                                "com.adobe.testing.s3mock.S3MockApplication",
                                "--spring.main.banner-mode=off",
                                "--server.port=0",
                                "--server.ssl.enabled=false",
                                "--server.address=127.0.0.1",
                                "--com.adobe.testing.s3mock.httpPort=0",
                                "--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET,
                                "--com.adobe.testing.s3mock.store.root=" + root.toAbsolutePath())
                        .redirectErrorStream(true)
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
                return port(process);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static int port(Process process) throws IOException {
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder said = new StringBuilder();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.append(line).append('\n');
                Matcher started = STARTED.matcher(line);
                if (started.matches()) {
                    Thread reader = new Thread(() -> out.lines().forEach(more -> {}), "s3mock output");
                    reader.setDaemon(true);
                    reader.start();
                    return Integer.parseInt(started.group(1));
                }
            }
            throw new IOException("the S3 server has not started: " + said);
        }
    }

    public static int port() {
        return Started.PORT;
    }

    private static String endpoint() {
        return "http://127.0.0.1:" + port();
    }

    /** Returns the access to a part of the bucket that nobody else uses. */
    public static S3Access newPrefix() {
        return at(endpoint(), "t" + RUN + PREFIXES.incrementAndGet());
    }

    /** Returns the access to a part of the bucket through a proxy. */
    public static S3Access at(String endpoint, String prefix) {
        return new S3Access(endpoint, "us-east-1", BUCKET, prefix, KEY, SECRET, true, 8 << 20, 7);
    }

    /** Returns the settings of a server whose blobs are there. Writes its keys into a folder. */
    public static Map<String, String> settings(S3Access access, Path folder) {
        try {
            return Map.of(
                    "objects.kind", "s3",
                    "objects.endpoint", access.endpoint(),
                    "objects.bucket", access.bucket(),
                    "objects.prefix", access.prefix(),
                    "objects.accessKeyFile",
                            Files.writeString(folder.resolve("access"), access.accessKey())
                                    .toString(),
                    "objects.secretKeyFile",
                            Files.writeString(folder.resolve("secret"), access.secretKey())
                                    .toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String place(S3Access access) {
        return access.prefix() + "/";
    }

    /** Stores an object, or replaces it. */
    public static void put(S3Access access, String key, byte[] bytes) {
        Started.CLIENT
                .putObject(
                        request -> request.bucket(BUCKET).key(place(access) + key), AsyncRequestBody.fromBytes(bytes))
                .join();
    }

    public static byte[] get(S3Access access, String key) {
        return Started.CLIENT
                .getObject(
                        request -> request.bucket(BUCKET).key(place(access) + key), AsyncResponseTransformer.toBytes())
                .join()
                .asByteArray();
    }

    public static void delete(S3Access access, String key) {
        Started.CLIENT
                .deleteObject(request -> request.bucket(BUCKET).key(place(access) + key))
                .join();
    }

    /** Returns the keys of all objects without the prefix, in their order. */
    public static List<String> keys(S3Access access) {
        return Started.CLIENT
                .listObjectsV2(request -> request.bucket(BUCKET).prefix(place(access)))
                .join()
                .contents()
                .stream()
                .map(S3Object::key)
                .map(key -> key.substring(place(access).length()))
                .toList();
    }

    /** Returns the number of uploads in parts that have not ended. */
    public static int openParts(S3Access access) {
        return Started.CLIENT
                .listMultipartUploads(request -> request.bucket(BUCKET).prefix(place(access)))
                .join()
                .uploads()
                .size();
    }
}
