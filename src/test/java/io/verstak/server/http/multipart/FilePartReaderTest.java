package io.verstak.server.http.multipart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilePartReaderTest {
    private static final String BOUNDARY = "boundary";
    private static final String HEAD =
            "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    private static final String PART =
            "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--boundary--\r\n";
    private static final String END = "\r\n--boundary--\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "two words",
                "\r",
                "\n",
                "\r\n",
                "\r\n\r\n",
                "\r\r\r\n\n",
                "\r\n--",
                "\r\n--boundar",
                "\r\n--bound\r\n--boun\r",
                "\r\n--boundarx--\r\n",
                "--boundary--\r\n",
                "\n--boundary--\r\n",
                "\r\n-\r\n--\r\n--b\r\n--boundar\r\r\n--boundar",
                "a\r\n--boundar\r\n--boundar\r\n--boundar\r\nb"
            })
    void a_file_comes_out_as_it_went_in_wherever_the_body_is_split(String file) {
        byte[] body = bytes(HEAD + file + END);
        for (int first = 0; first <= body.length; first++) {
            for (int second = first; second <= body.length; second++) {
                assertThat(read(body, first, second)).isEqualTo(file);
            }
        }
    }

    @Test
    void a_file_comes_out_as_it_went_in_byte_by_byte() {
        String file = "\r\n--boundar\r\n\r\n--bounda";
        FilePartReaderTest.Collected collected = new Collected();
        FilePartReader reader = new FilePartReader(bytes(BOUNDARY), collected.pieces::add);

        for (byte next : bytes(HEAD + file + END)) {
            reader.read(Buffer.buffer(new byte[] {next}));
        }
        reader.end();

        assertThat(collected.text()).isEqualTo(file);
    }

    @Test
    void a_file_of_nothing_but_beginnings_of_the_boundary_survives_any_pieces() {
        Random random = new Random(7);
        byte[] alphabet = bytes("\r\n-boundary");
        for (int round = 0; round < 500; round++) {
            byte[] file = new byte[random.nextInt(200)];
            for (int i = 0; i < file.length; i++) {
                file[i] = alphabet[Math.max(0, random.nextInt(alphabet.length + 12) - 12)];
            }
            byte[] body = bytes(HEAD + text(file) + END);
            int first = random.nextInt(body.length);
            assertThat(read(body, first, first + random.nextInt(body.length - first)))
                    .isEqualTo(text(file));
        }
    }

    @Test
    void the_file_is_handed_on_without_waiting_for_its_end_and_without_copies() {
        Collected collected = new Collected();
        FilePartReader reader = new FilePartReader(bytes(BOUNDARY), collected.pieces::add);
        reader.read(Buffer.buffer(HEAD));
        Buffer piece = Buffer.buffer("x".repeat(1000));

        reader.read(piece);
        piece.setByte(0, (byte) 'y');

        assertThat(collected.text()).isEqualTo("y" + "x".repeat(999));
    }

    @Test
    void the_last_line_end_may_be_missing() {
        byte[] body = bytes(HEAD + "file" + "\r\n--boundary--");

        assertThat(read(body, 0, 0)).isEqualTo("file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--boundary",
                "--boundary--\r\n",
                "--boundary\r\n\r\nfile\r\n--boundary--\r\n",
                "preamble--boundary" + PART,
                "--boundary x" + PART,
                "preamble\n--boundary" + PART,
                "--other\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--other--\r\n"
            })
    void a_body_that_does_not_begin_with_the_part_is_refused(String body) {
        assertRefused(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n--boundary",
                "\r\n--boundary-",
                "\r\n--boundary\r\n",
                "\r\n--boundary--\r",
                "\r\n--boundary--x",
                "\r\n--boundary--\repilogue",
                "\r\n--boundary \r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--boundary--\r\n",
                "\r\n--boundaryx--\r\n",
                "\r\n--boundary\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--boundary--\r\n"
            })
    void a_body_that_does_not_end_with_the_part_is_refused(String end) {
        assertRefused(HEAD + "file" + end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain",
                "Content-Disposition: form-data; name=\"file\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"\"",
                "Content-Disposition: form-data; name=\"File\"; filename=\"a\"",
                "Content-Disposition: form-data; filename=\"a\"",
                "Content-Disposition: attachment; name=\"file\"; filename=\"a\"",
                "Content-Disposition: form-data; name=\"file\"; name=\"x\"; filename=\"a\"",
                "Content-Disposition: form-data; name=\"file; filename=a",
                "Content-Disposition: form-data; name=; filename=a",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n"
                        + "Content-Disposition: form-data; name=\"x\"",
                " Content-Disposition: form-data; name=\"file\"; filename=\"a\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n folded",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\nb\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nno colon",
                "Content-Disposition : form-data; name=\"file\"; filename=\"a\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Transfer-Encoding: base64"
            })
    void a_part_that_is_not_the_file_is_refused(String fields) {
        assertRefused("--boundary\r\n" + fields + "\r\n\r\nfile" + END);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-disposition:form-data;name=file;filename=a.txt",
                "Content-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\x\\\"y\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"кот; name=x\"",
                "Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''%D0%BA",
                "Content-Disposition: form-data; name=\"file\"; filename=\"k\"; filename*=UTF-8''%D0%BA",
                "CONTENT-DISPOSITION: Form-Data ; Name = \"file\" ;\tFILENAME=\"a\"",
                "Content-Disposition: form-data;\r\n name=\"file\";\r\n\tfilename=\"a\"",
                "Content-Type: text/html\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"",
                "Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Transfer-Encoding: Binary"
            })
    void what_the_file_is_called_is_not_the_servers_business(String fields) {
        assertThat(read(bytes("--boundary\r\n" + fields + "\r\n\r\nfile" + END), 0, 0))
                .isEqualTo("file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "This is a message in MIME format.\\r\\n|\\r\\n",
                "\\r\\n|\\r\\n",
                "\\r\\n\\r\\n--boundar\\r\\nx--boundary\\r\\n|\\r\\nthe end\\r\\n--boundary\\r\\n",
                "|  \\t\\r\\n",
                "| ",
                "one\\ntwo\\r\\n|\\r\\n\\r\\n"
            })
    void text_around_the_part_and_blanks_behind_a_boundary_are_ignored(String preamble, String epilogue) {
        String head = HEAD.replaceFirst("--boundary", "--boundary \t");
        byte[] body = bytes(wire(preamble) + head + "file" + "\r\n--boundary--" + wire(epilogue));
        for (int split = 0; split <= body.length; split++) {
            assertThat(read(body, split, split)).isEqualTo("file");
        }
    }

    private static String wire(String escaped) {
        return escaped == null
                ? ""
                : escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    }

    @Test
    void text_around_the_part_is_bounded() {
        String text = "x".repeat(8 << 10);
        for (String body : List.of(
                text + "\r\n" + HEAD + "file" + END,
                "a\r\n".repeat(4 << 10) + HEAD + "file" + END,
                HEAD + "file" + END + text,
                HEAD + "file" + "\r\n--boundary--" + " ".repeat(9 << 10))) {
            assertThatThrownBy(() -> read(bytes(body), 10, 100)).isInstanceOf(ServerException.class);
        }
    }

    @Test
    void s32_a_part_head_beyond_8_kib_is_refused_before_it_ends() {
        FilePartReader reader = new FilePartReader(bytes(BOUNDARY), piece -> {});

        assertThatThrownBy(() -> reader.read(Buffer.buffer("--boundary\r\nX: " + "x".repeat(8 << 10))))
                .isInstanceOf(ServerException.class);
    }

    private static void assertRefused(String body) {
        byte[] all = bytes(body);
        for (int split = 0; split <= all.length; split++) {
            int at = split;
            assertThatThrownBy(() -> read(all, at, at))
                    .isInstanceOfSatisfying(
                            ServerException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_MULTIPART));
        }
    }

    private static String read(byte[] body, int first, int second) {
        Collected collected = new Collected();
        FilePartReader reader = new FilePartReader(bytes(BOUNDARY), collected.pieces::add);
        reader.read(Buffer.buffer(Arrays.copyOfRange(body, 0, first)));
        reader.read(Buffer.buffer(Arrays.copyOfRange(body, first, second)));
        reader.read(Buffer.buffer(Arrays.copyOfRange(body, second, body.length)));
        reader.end();
        return collected.text();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static final class Collected {
        private final List<Buffer> pieces = new ArrayList<>();

        String text() {
            Buffer all = Buffer.buffer();
            pieces.forEach(all::appendBuffer);
            return all.toString(StandardCharsets.UTF_8);
        }
    }
}
