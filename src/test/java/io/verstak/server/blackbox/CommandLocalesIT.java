package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged program under other locales, with names in other scripts, and at a terminal. */
class CommandLocalesIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final String NO_CLASS = "Exception|\\bat io\\.|java\\.[a-z]+\\.|\\w\\.java:|Error:";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** How a process ended and all that it printed. */
    private record Run(int exit, String said) {}

    @Test
    void letters_that_the_locale_lacks_are_refused_with_what_helps() throws Exception {
        for (String words : List.of("serve --data données --port 0", "restore --from x --data données")) {
            Run run = run("LC_ALL=C", "", words.split(" "));

            assertThat(run.exit()).as(run.toString()).isEqualTo(1);
            assertThat(run.said()).contains("LC_ALL=C.UTF-8").hasLineCount(1).doesNotContainPattern(NO_CLASS);
        }
        Files.writeString(folder.resolve("c.json"), "{\"storage\": {\"dataDir\": \"донные\"}}");
        Run file = run("LC_ALL=POSIX", "", "verify", "--config", "c.json");
        assertThat(file.exit()).as(file.toString()).isEqualTo(2);
        assertThat(file.said())
                .contains("storage.dataDir", "LC_ALL=C.UTF-8")
                .hasLineCount(1)
                .doesNotContainPattern(NO_CLASS);
        Run variable = run("VERSTAK_STORAGE_DATA_DIR=données", "", "verify");
        assertThat(variable.exit()).as(variable.toString()).isEqualTo(2);
        assertThat(variable.said()).contains("LC_ALL=C.UTF-8").doesNotContainPattern(NO_CLASS);
    }

    @ParameterizedTest
    @CsvSource({
        "tr, TR", "ar, EG",
    })
    void every_command_works_in_every_language_with_paths_in_any_script(String language, String country)
            throws Exception {
        String[] environment = {
            "LC_ALL=C.UTF-8", "JDK_JAVA_OPTIONS=-Duser.language=" + language + " -Duser.country=" + country
        };
        String data = "дані-İı-🙂";
        Run made = run(environment, PASSWORD, "admin", "create-user", "IVAN", "ivan@example.org", "--data", data);
        assertThat(made.exit()).as(made.toString()).isZero();
        Run listed = run(environment, "", "admin", "list-users", "--data", data);
        assertThat(listed.said()).contains("IVAN", "ivan@example.org");
        assertThat(run(environment, "", "admin", "block", "ivan", "--data", data)
                        .said())
                .contains("blocked IVAN");
        Run backup = run(environment, "", "backup", "--data", data, "--to", "копія.tar.zst", "--json");
        assertThat(backup.said()).as(backup.toString()).contains("\"operations\":0");
        Run restored = run(environment, "", "restore", "--from", "копія.tar.zst", "--data", "назад");
        assertThat(restored.exit()).as(restored.toString()).isZero();
        assertThat(run(environment, "", "verify", "--data", "назад").said()).contains("0 operations, 0 blobs");
        Run refused = run(environment, "", "verify", "--data", "немає");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.said()).contains("немає: there is no server.db").doesNotContainPattern(NO_CLASS);
    }

    @Test
    void a_password_that_is_typed_at_a_terminal_is_asked_for_twice_and_never_shown() throws Exception {
        Run made = typed(PASSWORD + "\n" + PASSWORD + "\n", "admin create-user anna anna@example.org --data data");
        assertThat(made.said())
                .contains("New password for anna:", "The same again:", "created anna")
                .doesNotContain(PASSWORD);
        assertThat(made.exit()).isZero();

        Run differs = typed(PASSWORD + "\nanother-one-7\n", "admin create-user berta berta@example.org --data data");
        assertThat(differs.said())
                .contains("the two passwords differ; nothing was changed")
                .doesNotContain("another-one-7");
        assertThat(differs.exit()).isEqualTo(1);

        Run redirected = typed("x\n", "admin create-user carla carla@example.org --data data > file");
        assertThat(redirected.said()).contains("cannot be typed unseen");
    }

    /** Runs a command at a terminal of its own (script(1)), and types. */
    private Run typed(String keys, String words) throws Exception {
        String command = String.join(" ", java()) + " " + words;
        ProcessBuilder builder = new ProcessBuilder("script", "--quiet", "--return", "--command", command, "/dev/null")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        Process process = builder.start();
        StringBuilder said = new StringBuilder();
        List<String> lines = new ArrayList<>(keys.lines().toList());
        int asked = 0;
        // A key that is pressed before the question would be shown by the terminal itself.
        for (int next = process.getInputStream().read();
                next >= 0;
                next = process.getInputStream().read()) {
            said.append((char) next);
            if (said.toString().endsWith(": ") && asked < lines.size() && endsWithQuestion(said)) {
                process.getOutputStream().write((lines.get(asked++) + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            }
        }
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).as(said.toString()).isTrue();
        return new Run(process.exitValue(), said.toString());
    }

    private static boolean endsWithQuestion(StringBuilder said) {
        return said.toString().matches("(?s).*(New password for \\w+|The same again): ");
    }

    private Run run(String variable, String input, String... words) throws Exception {
        return run(new String[] {"LC_ALL=C", variable}, input, words);
    }

    private Run run(String[] variables, String input, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("exec", "env"));
        command.addAll(List.of(variables));
        command.addAll(java());
        command.addAll(List.of(words));
        // The words go through a script: this JVM may have a locale that lacks their letters, too.
        Path script = Files.writeString(
                folder.resolve("script.sh"),
                String.join(" ", command.stream().map(word -> "'" + word + "'").toList())
                        .replaceFirst("'exec'", "exec"));
        Process process = new ProcessBuilder("sh", script.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).as(said).isTrue();
        // The JVM's own word on JDK_JAVA_OPTIONS.
        return new Run(process.exitValue(), said.replaceAll("NOTE: Picked up [^\n]*\n", ""));
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("conf/jvm.options").toAbsolutePath(),
                "-jar",
                Path.of("target/verstak-server.jar").toAbsolutePath().toString());
    }
}
