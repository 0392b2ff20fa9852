package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.Main;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.OldDirectory;
import io.verstak.server.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Data directories of all older schemas, and of logs that were imported, upgraded by this release. */
class OldReleasesTest {
    private static final int KILLS = 10;

    @TempDir
    private Path folder;

    /** A directory of a release before, and the schema that it is taken back to first. */
    private record Fixture(String name, int schema) {}

    static Stream<Fixture> fixtures() {
        return Stream.concat(
                IntStream.rangeClosed(14, Migrations.BEFORE_CHUNKS)
                        .mapToObj(schema -> new Fixture(OldDirectory.SERVED, schema)),
                Stream.of(
                        new Fixture(OldDirectory.OF_FIRST_GENERATION, Migrations.BEFORE_CHUNKS),
                        new Fixture(OldDirectory.OF_SECOND_GENERATION, Migrations.BEFORE_CHUNKS)));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void an_upgrade_that_is_killed_at_ten_points_ends_as_one_that_is_not(Fixture fixture) throws Exception {
        Path database = unpack(fixture);
        List<String> log = SteppedUpgrade.oldLog(database);
        Path whole = SteppedUpgrade.copy(database, folder.resolve("whole"));
        List<Integer> steps = new ArrayList<>();
        SteppedUpgrade.run(whole, steps::add);
        assertThat(steps).hasSizeGreaterThanOrEqualTo(KILLS);
        Set<Integer> points = IntStream.range(0, KILLS)
                .mapToObj(kill -> steps.get(kill * (steps.size() - 1) / (KILLS - 1)))
                .collect(Collectors.toSet());

        List<Path> kills = new ArrayList<>();
        SteppedUpgrade.run(database, step -> {
            if (points.contains(step)) {
                kills.add(SteppedUpgrade.copy(database, folder.resolve("kill-" + step)));
            }
        });

        List<String> end = SteppedUpgrade.contents(whole);
        assertThat(SteppedUpgrade.log(whole)).isEqualTo(log).isNotEmpty();
        assertThat(kills).hasSize(KILLS);
        for (Path kill : kills) {
            SteppedUpgrade.run(kill, step -> {});
            assertThat(SteppedUpgrade.contents(kill)).as("%s", kill).isEqualTo(end);
        }
        assertThat(SteppedUpgrade.contents(database)).isEqualTo(end);
        CommandLineRun verified =
                CommandLineRun.of(Main.commandLine(), "verify", "--data", "" + database.getParent(), "--deep");
        assertThat(verified.exit()).as("%s", verified).isZero();
    }

    private Path unpack(Fixture fixture) throws IOException, SQLException {
        OldDirectory.unpack(fixture.name(), folder);
        Path database = folder.resolve("data").resolve("server.db");
        if (fixture.schema() < Migrations.BEFORE_CHUNKS) {
            Path later = folder.resolve("later.db");
            Files.move(database, later);
            takeBack(later, database, fixture.schema());
        }
        assertThat(SteppedUpgrade.version(database)).isEqualTo(fixture.schema());
        return database;
    }

    /** Makes a database of an earlier schema with all that it has in common with a later one. */
    private static void takeBack(Path later, Path database, int schema) throws SQLException {
        try (Connection connection = SteppedUpgrade.connect(database);
                Statement statement = connection.createStatement()) {
            Migrations.run(connection, schema);
            statement.execute("ATTACH '%s' AS later".formatted(later));
            for (String table : tables(database)) {
                String columns =
                        TestDatabase.rows(database, "SELECT name FROM pragma_table_info('%s')".formatted(table))
                                .stream()
                                .filter(columns(later, table)::contains)
                                .collect(Collectors.joining(", "));
                if (!columns.isEmpty()) {
                    statement.execute("INSERT OR REPLACE INTO main.%1$s (%2$s) SELECT %2$s FROM later.%1$s"
                            .formatted(table, columns));
                }
            }
        }
    }

    /** The tables without those of a search, which are made of others. */
    private static List<String> tables(Path database) {
        return TestDatabase.rows(
                database,
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'");
    }

    private static Set<String> columns(Path later, String table) {
        return Set.copyOf(TestDatabase.rows(later, "SELECT name FROM pragma_table_info('%s')".formatted(table)));
    }
}
