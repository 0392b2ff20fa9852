package io.verstak.server.blackbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** A published package of JavaScript as it was when somebody looked at it, fetched once by npm into {@code target/}. */
final class NpmPackage {
    private static final Path FOLDER = Path.of("target", "npm");
    private static final int PATIENCE_SECONDS = 300;
    private static final int TRIES = 3;

    private NpmPackage() {}

    /**
     * The text of one of its files.
     *
     * @param sha512 of the package's archive
     */
    static String text(String name, String version, String sha512, String file) throws Exception {
        Path archive = FOLDER.resolve(name + "-" + version + ".tgz");
        Files.createDirectories(FOLDER);
        String said = "";
        for (int attempt = 0; attempt < TRIES && !isGenuine(archive, sha512); attempt++) {
            said = fetch(name + "@" + version, archive);
        }
        if (!isGenuine(archive, sha512)) {
            throw new AssertionError(archive + " did not come, or is not what it was: " + said);
        }
        run("tar", "xzf", archive.toString(), "-C", FOLDER.toString(), "package/" + file);
        return Files.readString(FOLDER.resolve("package").resolve(file));
    }

    /** A registry, or the line to it, may fail for a moment; returns what went wrong. */
    private static String fetch(String what, Path archive) throws IOException, InterruptedException {
        Files.deleteIfExists(archive);
        try {
            run("npm", "pack", "--silent", "--prefer-offline", "--pack-destination", FOLDER.toString(), what);
            return "";
        } catch (AssertionError failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    private static boolean isGenuine(Path archive, String sha512) throws Exception {
        if (!Files.exists(archive)) {
            return false;
        }
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(archive));
        return HexFormat.of().formatHex(digest).equals(sha512);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("log").toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + ": " + Files.readString(FOLDER.resolve("log")));
        }
    }
}
