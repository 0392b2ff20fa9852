package io.verstak.server.config;

import io.verstak.server.config.annotation.OneOf;
import io.verstak.server.config.annotation.Range;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where the bytes of blobs are.
 *
 * @param kind {@code disk}: in the data directory; {@code s3}: in a bucket
 * @param endpoint of the object store, such as {@code https://s3.example.org}
 * @param region that requests are signed for; empty: {@code us-east-1}, which stores without regions take
 * @param bucket an existing bucket; several servers may share one, each with a prefix of its own
 * @param prefix what the keys of all objects begin with, without a slash at either end; empty: nothing
 * @param accessKeyFile the file with the id of the access key
 * @param secretKeyFile the file with the secret of the access key
 * @param pathStyle the bucket is named in the path and not in the host's name
 * @param partBytes the size of the parts of a large object
 * @param keepDeletedDays days for which a deleted object is kept, so that a database restored to an earlier moment finds it
 */
public record ObjectsConfig(
        @OneOf({"disk", "s3"}) String kind,
        String endpoint,
        String region,
        String bucket,
        String prefix,
        String accessKeyFile,
        String secretKeyFile,
        boolean pathStyle,
        @Range(min = 5242880, max = 134217728) int partBytes,
        @Range(min = 0, max = 365) int keepDeletedDays) {

    /** The schema has the same patterns. */
    private static final Pattern ENDPOINT =
            Pattern.compile("https?://(?:\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::" + ListenAddress.PORT + ")?/?");

    private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]*");
    private static final Pattern BUCKET = Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])?");
    private static final Pattern PREFIX = Pattern.compile("(?:[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*)?");

    static final ObjectsConfig DEFAULT = new ObjectsConfig("disk", "", "", "", "", "", "", true, 8 << 20, 7);

    public ObjectsConfig {
        Problems problems = new Problems();
        if (!endpoint.isEmpty()) {
            problems.check(() -> checkEndpoint(endpoint));
        }
        if (!REGION.matcher(region).matches()) {
            problems.refuse("objects.region", region, "a region such as eu-central-1, or empty");
        }
        if (!BUCKET.matcher(bucket).matches()) {
            problems.refuse("objects.bucket", bucket, "the name of a bucket");
        }
        if (!PREFIX.matcher(prefix).matches()) {
            problems.refuse("objects.prefix", prefix, "a prefix such as verstak, without a slash at either end");
        }
        problems.checkPath("objects.accessKeyFile", accessKeyFile);
        problems.checkPath("objects.secretKeyFile", secretKeyFile);
        if (kind.equals("s3")) {
            require(problems, "objects.endpoint", endpoint, "the address of the object store while objects.kind is s3");
            require(problems, "objects.bucket", bucket, "the name of a bucket while objects.kind is s3");
            require(problems, "objects.accessKeyFile", accessKeyFile, "a file while objects.kind is s3");
            require(problems, "objects.secretKeyFile", secretKeyFile, "a file while objects.kind is s3");
        }
        problems.throwIfAny();
    }

    private static void checkEndpoint(String endpoint) {
        if (endpoint.indexOf('@') >= 0 || endpoint.indexOf('?') >= 0) {
            throw new ConfigException(List.of(new ConfigException.Problem(
                    "objects.endpoint",
                    "objects.endpoint: must have neither keys nor parameters in it (not shown); use objects.accessKeyFile"
                            + " and objects.secretKeyFile")));
        }
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw ConfigException.notAllowed(
                    "objects.endpoint", endpoint, "an address such as https://s3.example.org, without a path");
        }
    }

    private static void require(Problems problems, String key, String value, String allowed) {
        if (value.isEmpty()) {
            problems.refuse(key, value, allowed);
        }
    }

    /** Returns whether blobs are in a bucket. */
    public boolean isS3() {
        return kind.equals("s3");
    }
}
