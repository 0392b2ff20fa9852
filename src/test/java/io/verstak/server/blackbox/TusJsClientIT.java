package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.AddScriptTagOptions;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.browser.Browser;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The reference client for browsers, unmodified and in Chromium, against a packaged server that is killed meanwhile. */
class TusJsClientIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final String VERSION = "4.3.1";
    private static final String SHA512 = "64b7989a3ae4694d5f52c29b222f0930be76b80a1c8c466d071e032a346bab3a"
            + "d96b43b8318c13e9d6fea2a78f96ca55f85c57240c8505cfcbe60c148b6385b2";
    private static final int BYTES = 3_456_789;

    /** Resolves to the header of the last answer that names the blob. */
    private static final String UPLOAD = """
            ({base64, token, sha256, chunkSize}) => new Promise((resolve, reject) => {
              const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
              new tus.Upload(new Blob([bytes]), {
                endpoint: location.origin + '/api/v1/uploads/',
                headers: {Authorization: 'Bearer ' + token},
                chunkSize,
                uploadDataDuringCreation: true,
                storeFingerprintForResuming: false,
                retryDelays: Array(15).fill(500),
                metadata: {filename: 'film.mkv', sha256},
                onSuccess: ({lastResponse}) => resolve(lastResponse.getHeader('Blob-Sha256')),
                onError: reject,
              }).start();
            })""";

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Random random = new Random(12);

    @Test
    void an_upload_survives_cuts_and_kills_at_random_bytes_and_what_is_known_is_finished_at_once() throws Exception {
        String client = NpmPackage.text("tus-js-client", VERSION, SHA512, "dist/tus.min.js");
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"));
                CuttingProxy proxy = new CuttingProxy(server::port)) {
            server.addUser("alice", PASSWORD);
            Desktop desktop = Desktop.pair(server::port, "alice", PASSWORD, "main");
            byte[] file = new byte[BYTES];
            random.nextBytes(file);
            Page page = BROWSER.openForScripts(proxy.port());
            page.addScriptTag(new AddScriptTagOptions().setContent(client));

            proxy.cutAfter(BYTES / 4 + random.nextInt(BYTES / 4), () -> {
                server.kill();
                server.restart();
                proxy.cutAfter(random.nextInt(BYTES / 4), () -> {});
            });
            assertThat(page.evaluate(UPLOAD, argument(desktop, file)))
                    .isEqualTo(Sha256.of(file).hex());

            assertThat(desktop.blobs().download(Sha256.of(file))).isEqualTo(file);
            AtomicBoolean sentAgain = new AtomicBoolean();
            proxy.cutAfter(2 * BYTES / 3, () -> sentAgain.set(true));
            assertThat(page.evaluate(UPLOAD, argument(desktop, file)))
                    .isEqualTo(Sha256.of(file).hex());
            assertThat(sentAgain).isFalse();
        }
    }

    private static Map<String, Object> argument(Desktop desktop, byte[] file) {
        return Map.of(
                "base64",
                Base64.getEncoder().encodeToString(file),
                "token",
                desktop.token(),
                "sha256",
                Sha256.of(file).hex(),
                "chunkSize",
                500_000);
    }
}
