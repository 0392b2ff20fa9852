package io.verstak.server.cli;

import io.verstak.server.config.AccountsConfig.OidcProvider;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.DatabaseConfig;
import io.verstak.server.config.ListenAddress;
import io.verstak.server.config.SecretFile;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Looks for what would stop a start on this machine, and changes nothing. */
final class StartCheck {
    private final ServerConfig config;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private boolean running;

    StartCheck(ServerConfig config) {
        this.config = config;
    }

    /** Returns one line for each problem. Blocks. */
    List<String> run() {
        Path data = Path.of(config.storage().dataDir());
        requireFolder("storage.dataDir", data);
        Path database = data.resolve("server.db");
        if (Files.exists(database)) {
            requireUsable("storage.dataDir", database);
            running = problems.isEmpty() && isInUse(data);
        }
        if (!running) {
            requireListening("http.listen", config.http().listenAddress());
        }
        if (!config.storage().backup().directory().isEmpty()) {
            Path backups = Path.of(config.storage().backup().directory());
            requireFolder("storage.backup.directory", backups);
            if (backups.toAbsolutePath()
                    .normalize()
                    .startsWith(data.toAbsolutePath().normalize())) {
                problems.add("storage.backup.directory: %s lies inside the data directory; choose a place outside it"
                        .formatted(backups));
            }
        }
        requireFilesOfNodes();
        requireProviders();
        return problems;
    }

    /** Returns one line for each thing that does not prevent a start and is most likely a mistake. */
    List<String> warnings() {
        return warnings;
    }

    /** Whether a server runs on the data directory; its address is then not looked at. */
    boolean isRunning() {
        return running;
    }

    private boolean isInUse(Path data) {
        try {
            return DataDirectory.openReadOnly(data).isInUse();
        } catch (StorageException unusable) {
            problems.add(String.valueOf(unusable.getMessage()));
            return false;
        }
    }

    private void requireFolder(String key, Path folder) {
        if (Files.exists(folder)) {
            if (Files.isDirectory(folder)) {
                requireUsable(key, folder);
            } else {
                problems.add("%s: %s is not a folder".formatted(key, folder));
            }
            return;
        }
        Path above = folder.toAbsolutePath().normalize().getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        if (above != null && !Files.isDirectory(above)) {
            problems.add("%s: %s cannot be created: %s is not a folder".formatted(key, folder, above));
        } else if (above != null && !Files.isWritable(above)) {
            problems.add("%s: %s cannot be created: user %s may not write to %s"
                    .formatted(key, folder, System.getProperty("user.name"), above));
        }
    }

    private void requireFilesOfNodes() {
        DatabaseConfig database = config.database();
        if (database.isPostgres()) {
            requireSecret("database.passwordFile", database.passwordFile());
            requireFile("database.caFile", database.caFile());
            requireKey(config.secrets().keyFile());
            if (config.objects().isS3() && config.secrets().keyFile().isEmpty()) {
                warnings.add(
                        "secrets.keyFile: is empty, so the key is in the data directory; several nodes need one key:"
                                + " copy that file to each of them, and name it here");
            }
        }
        if (config.objects().isS3()) {
            requireSecret("objects.accessKeyFile", config.objects().accessKeyFile());
            requireSecret("objects.secretKeyFile", config.objects().secretKeyFile());
        }
    }

    private void requireProviders() {
        List<OidcProvider> providers = config.accounts().oidc();
        for (int i = 0; i < providers.size(); i++) {
            requireSecret(
                    "accounts.oidc[" + i + "].clientSecretFile",
                    providers.get(i).clientSecretFile());
        }
        if (!providers.isEmpty() && config.http().publicUrl().isEmpty()) {
            warnings.add(
                    "http.publicUrl: is empty, and nobody can sign in with the providers of accounts.oidc, which redirect"
                            + " people to it; set it here or on the administrators' page of settings");
        }
    }

    private void requireSecret(String key, String file) {
        if (file.isEmpty()) {
            return;
        }
        try {
            SecretFile.read(key, file);
            warnIfReadableByAll(key, Path.of(file));
        } catch (ConfigException unreadable) {
            problems.addAll(unreadable.lines());
        }
    }

    private void requireKey(String file) {
        if (file.isEmpty()) {
            return;
        }
        String key = "secrets.keyFile";
        try {
            SecretBox.open(Path.of(file), new SecureRandom());
            warnIfReadableByAll(key, Path.of(file));
        } catch (StorageException unusable) {
            problems.add(key + ": " + unusable.getMessage());
        }
    }

    private void warnIfReadableByAll(String key, Path file) {
        if (SecretFile.isReadableByAll(file)) {
            warnings.add("%s: every user of this machine may read %s; run chmod o-rwx".formatted(key, file));
        }
    }

    private void requireFile(String key, String file) {
        if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
            problems.add("%s: user %s cannot read %s".formatted(key, System.getProperty("user.name"), file));
        }
    }

    private void requireUsable(String key, Path path) {
        if (!Files.isReadable(path) || !Files.isWritable(path)) {
            problems.add("%s: user %s may not read and write %s".formatted(key, System.getProperty("user.name"), path));
        }
    }

    private void requireListening(String key, ListenAddress address) {
        InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            problems.add("%s: %s: the host name cannot be resolved".formatted(key, address));
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(resolved);
        } catch (IOException e) {
            problems.add("%s: cannot listen on %s: %s".formatted(key, address, FailureReason.of(e)));
        }
    }
}
