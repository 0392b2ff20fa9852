package io.verstak.server.storage.postgresql;

import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.StorageException;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How connections to PostgreSQL are encrypted.
 *
 * @param trusted what a certificate is checked against; null: not encrypted
 */
record PostgresTls(SslMode mode, @Nullable ClientSSLOptions trusted) {
    static final PostgresTls DISABLED = new PostgresTls(SslMode.DISABLE, null);

    /**
     * Reads the certificates of the authorities. Blocks.
     *
     * @param tls as in {@link io.verstak.server.config.DatabaseConfig}
     * @param caFile empty: the authorities of the JVM
     * @throws StorageException in one line for a person, if there are none
     */
    static PostgresTls of(String tls, String caFile) {
        return switch (tls) {
            case "disable" -> DISABLED;
            case "require" -> new PostgresTls(SslMode.REQUIRE, new ClientSSLOptions().setTrustAll(true));
            default ->
                new PostgresTls(
                        SslMode.VERIFY_FULL,
                        new ClientSSLOptions()
                                .setHostnameVerificationAlgorithm("HTTPS")
                                .setTrustOptions(authorities(caFile)));
        };
    }

    private static TrustOptions authorities(String caFile) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(caFile.isEmpty() ? null : store(Path.of(caFile)));
            return TrustOptions.wrap(factory);
        } catch (IOException | GeneralSecurityException e) {
            throw new StorageException("database.caFile: cannot read certificates from %s: %s"
                    .formatted(caFile.isEmpty() ? "the JVM" : caFile, FailureReason.of(e)));
        }
    }

    private static KeyStore store(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new IOException("it holds none");
            }
            for (Certificate authority : found) {
                store.setCertificateEntry("authority" + store.size(), authority);
            }
        }
        return store;
    }

    void applyTo(PgConnectOptions options) {
        options.setSslMode(mode);
        if (trusted != null) {
            options.setSslOptions(trusted);
        }
    }

    /** As the configuration says it. */
    @Override
    public String toString() {
        return mode.value;
    }
}
