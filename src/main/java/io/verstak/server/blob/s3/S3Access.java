package io.verstak.server.blob.s3;

import io.verstak.server.storage.StorageException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * How a bucket is reached, and how it is used.
 *
 * @param endpoint {@code https://host:port}
 * @param prefix what the keys of all objects begin with, without a slash at either end; empty: nothing
 * @param pathStyle whether the bucket is in the path of an address; otherwise in its host name
 * @param partBytes how large the parts of a large object are
 * @param keepDeletedDays how long a deleted object stays in the bucket
 */
public record S3Access(
        String endpoint,
        String region,
        String bucket,
        String prefix,
        String accessKey,
        String secretKey,
        boolean pathStyle,
        long partBytes,
        int keepDeletedDays) {

    /** @throws StorageException in one line for a person, if the endpoint is not an address */
    URI uri() {
        try {
            URI uri = new URI(endpoint);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException malformed) {
            throw notAnAddress(malformed);
        }
        throw notAnAddress(null);
    }

    private StorageException notAnAddress(@Nullable Throwable cause) {
        String text = "objects.endpoint: \"%s\" is not an address like https://s3.example.com".formatted(endpoint);
        return cause == null ? new StorageException(text) : new StorageException(text, cause);
    }

    /** Returns what a key begins with. */
    String keyPrefix() {
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return endpoint + " " + bucket + "/" + keyPrefix();
    }
}
