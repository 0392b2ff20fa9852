package io.verstak.server.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.blob.file.BlobImporter;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.sqlite.UnusedDatabase;
import io.verstak.server.storage.sqlite.bulk.ImportDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory of what a Go server has kept. The database gets its name as the very last step: until then there is
 * no server in the directory, and the import can be run again. Blobs that an earlier try has brought over are not copied
 * twice. Blocks, for as long as it takes.
 */
public final class GoImport {
    private static final String COPIES = "import-source-";

    private final Request request;
    private final ImportProgress progress;
    private final Clock clock;
    private final Runnable onFatal;
    private final ImportReport report = new ImportReport();

    /**
     * @param from the Go server's data directory, which is not written
     * @param data the one to be made
     * @param dryRun reads and checks everything and writes nothing
     * @param link shares blobs' files with the Go server's, where the file system allows it
     * @param config the configuration file that the server will read; empty: the one in its data directory
     * @param configOut where to write the configuration file with the imported settings; empty: into the data directory
     */
    public record Request(
            Path from, Path data, boolean dryRun, boolean link, Optional<Path> config, Optional<Path> configOut) {}

    /**
     * @param schema the Go database's {@code user_version}
     * @param config settings that have no place in the database, in a file beside it
     */
    public record Result(ImportReport report, int schema, Optional<Path> config) {}

    /** @param onFatal runs once when the disk no longer keeps what it is given; it has to end the process */
    public GoImport(Request request, ImportProgress progress, Clock clock, Runnable onFatal) {
        this.request = request;
        this.progress = progress;
        this.clock = clock;
        this.onFatal = onFatal;
    }

    /**
     * @throws ImportException when the source cannot be read or has changed meanwhile
     * @throws io.verstak.server.storage.StorageException when the directory holds a server already or cannot be used
     */
    public Result run() throws IOException {
        UnusedDatabase.require(request.data());
        if (real(request.data()).startsWith(real(request.from()))) {
            throw new ImportException("--data: is inside the Go server's directory, which the import never changes");
        }
        GoDirectory.requireDatabase(request.from());
        requireCreatable(request.data());
        GoConfig config = GoConfig.read(request.from().resolve("config.yml"));
        ImportedConfig settings = ImportedConfig.on(request.config());
        if (request.dryRun()) {
            try (GoDirectory source = GoDirectory.open(request.from(), Path.of(System.getProperty("java.io.tmpdir")));
                    ImportDatabase database = ImportDatabase.open(Optional.empty())) {
                return read(source, config, settings, database, null);
            }
        }
        try (DataDirectory directory = DataDirectory.openNew(request.data(), UnusedDatabase::require)) {
            return into(directory, config, settings);
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThere) {
            return path.toAbsolutePath().normalize();
        }
    }

    /** Says what to do before anything is read: a folder such as /srv belongs to root. */
    private static void requireCreatable(Path data) {
        Path there = data.toAbsolutePath().normalize();
        while (there.getParent() != null && !Files.isDirectory(there)) {
            there = there.getParent();
        }
        if (!Files.isWritable(there)) {
            String user = System.getProperty("user.name");
            throw new ImportException(("--data %1$s: user %2$s cannot write to %3$s. Create the directory first:"
                            + " install -d -m 0700 -o %2$s -g %2$s %1$s")
                    .formatted(data, user, there));
        }
    }

    private Result into(DataDirectory directory, GoConfig config, ImportedConfig settings) throws IOException {
        boolean finished = false;
        dropCopies(directory.temp());
        try (GoDirectory source = GoDirectory.open(request.from(), directory.temp())) {
            Result result;
            try (ImportDatabase database = ImportDatabase.open(Optional.of(directory))) {
                result = read(source, config, settings, database, directory);
            }
            source.requireUnchanged();
            UnusedDatabase.close(request.data());
            directory.finish();
            finished = true;
            return result;
        } finally {
            if (!finished) {
                directory.abandon();
            }
        }
    }

    private Result read(
            GoDirectory directory,
            GoConfig config,
            ImportedConfig file,
            ImportDatabase database,
            @Nullable DataDirectory target)
            throws IOException {
        long now = clock.millis();
        GoDatabase source = new GoDatabase(directory.connection());
        progress.part("checking", 0);
        source.requireWhole();
        if (config.isEmpty()) {
            report.note("config.yml is missing or empty: no administrator and no setting was imported");
        }
        UserImport people = new UserImport(source, database.accounts(), report, now);
        DevicesImport devices = new DevicesImport(source, database.accounts(), people, report, now);
        progress.part("accounts", source.count("server_users") + source.count("server_devices"));
        people.users(progress);
        people.administrators(config.administrators());
        devices.run(progress);
        SessionImport access = new SessionImport(source, database.accounts(), people, report, now);
        access.sessions();
        access.emailTokens();
        @Nullable BlobImporter intake = target == null ? null : new BlobImporter(target, onFatal);
        logs(directory, source, database, devices, intake, now);
        ObjectNode settings = records(source, config, database, target, now);
        file.add(settings, report);
        database.complete();
        if (intake == null || target == null) {
            return new Result(report, source.schema(), Optional.empty());
        }
        intake.finish();
        if (settings.isEmpty()) {
            return new Result(report, source.schema(), Optional.empty());
        }
        Path out = request.configOut().orElse(request.data().resolve("verstak-server.json"));
        file.write(out, target.temp());
        return new Result(report, source.schema(), Optional.of(out));
    }

    private void logs(
            GoDirectory directory,
            GoDatabase source,
            ImportDatabase database,
            DevicesImport devices,
            @Nullable BlobImporter intake,
            long now)
            throws IOException {
        BlobsImport blobs = new BlobsImport(directory, source, database.records(), report, intake, request.link(), now);
        progress.part("blobs", source.count("server_blobs"));
        blobs.run(progress);
        progress.part("operations", source.count("server_ops"));
        new OpsImport(source, database.accounts(), database.log(), devices, blobs, report, !request.dryRun(), now)
                .run(progress);
        progress.part("references", source.count("server_blob_refs"));
        blobs.references(devices, database.accounts()::scope, progress);
        database.records().usage();
        blobs.tellStrays();
    }

    private ObjectNode records(
            GoDatabase source, GoConfig config, ImportDatabase database, @Nullable DataDirectory target, long now) {
        AuditImport records = new AuditImport(source, database.records(), report, now);
        progress.part("audit log", source.count("server_audit_log"));
        records.audit(progress);
        records.tombstones();
        Map<String, String> mail = records.mailValues();
        records.mail(mail, Optional.ofNullable(target).map(directory -> SecretBox.open(directory, new SecureRandom())));
        ObjectNode settings = new SettingsImport(config, report)
                .run(database.records(), Optional.ofNullable(mail.get("server_url")), now);
        records.tellTheRest();
        records.noteImport("The data of a Go server was imported: %s."
                .formatted(Stream.of(
                                ImportedEntity.USERS,
                                ImportedEntity.DEVICES,
                                ImportedEntity.OPERATIONS,
                                ImportedEntity.BLOBS)
                        .map(what -> what.count(report.count(what).imported()))
                        .collect(Collectors.joining(", "))));
        return settings;
    }

    /** Copies that a killed import has left behind. */
    private static void dropCopies(Path temp) throws IOException {
        try (Stream<Path> entries = Files.list(temp)) {
            for (Path entry : entries.toList()) {
                if (String.valueOf(entry.getFileName()).startsWith(COPIES)) {
                    GoDirectory.delete(entry);
                }
            }
        }
    }
}
