package io.verstak.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pushes of notes as a desktop writes them: seven of eight ops create a file in one of 2,400 folders, the eighth updates one of a
 * thousand files that the vault's devices share. The hash in the payload is not that of the content; the server does not read it.
 */
public final class FileRequests implements Requests {
    private static final int SLOTS_PER_OP = 8;
    private static final int FOLDERS = 2_400;
    private static final int SHARED_FILES = 1_000;
    private static final long FOLDER_HIGH = 0x5a_ed_00_00_00_00_41_00L;
    private static final long SHARED_HIGH = 0x5a_ed_00_00_00_00_42_00L;
    private static final byte[] CREATE = "create".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UPDATE = "update".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD = Answer.key("server_sequence");
    private static final byte[] COUNT = Answer.key("count");

    private final int opsPerPush;
    private final Template template;
    private final List<byte[]> tokens;
    private final long[] lastSeen;
    private final SplittableRandom random = new SplittableRandom();
    private long left;

    private FileRequests(int opsPerPush, List<byte[]> tokens, long pushes) {
        this.opsPerPush = opsPerPush;
        this.tokens = tokens;
        this.template = Template.push(opsPerPush, FileRequests::addOp);
        this.lastSeen = new long[tokens.size()];
        this.left = pushes;
    }

    /** Pushes without an end. Connection n is the device of {@code tokens[n]}. */
    public static FileRequests endless(int opsPerPush, List<byte[]> tokens) {
        return new FileRequests(opsPerPush, tokens, Long.MAX_VALUE);
    }

    /** Pushes of 100 ops each, until there are so many ops in all. */
    public static FileRequests filling(long ops, List<byte[]> tokens) {
        return new FileRequests(FillRequests.BATCH, tokens, ops / FillRequests.BATCH);
    }

    @Override
    public int longest() {
        return template.length();
    }

    @Override
    public boolean hasNext() {
        return left > 0;
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        left--;
        template.put(0, tokens.get(connection));
        for (int op = 0; op < opsPerPush; op++) {
            boolean shared = random.nextInt(8) == 0;
            long folder = random.nextInt(FOLDERS);
            long high = shared ? SHARED_HIGH : random.nextLong();
            long low = shared ? random.nextInt(SHARED_FILES) : random.nextLong();
            fill(1 + op * SLOTS_PER_OP, shared, shared ? low % FOLDERS : folder, high, low);
            template.putNumber(1 + op * SLOTS_PER_OP + SLOTS_PER_OP - 1, lastSeen[connection]);
        }
        template.writeTo(out);
    }

    /** The path stands in the op and once more in its payload. */
    private void fill(int slot, boolean shared, long folder, long high, long low) {
        template.putUuid(slot, random.nextLong(), random.nextLong());
        template.putUuid(slot + 1, FOLDER_HIGH, folder);
        template.putUuid(slot + 2, high, low);
        template.put(slot + 3, shared ? UPDATE : CREATE);
        template.putUuid(slot + 4, FOLDER_HIGH, folder);
        template.putUuid(slot + 5, high, low);
        template.putUuid(slot + 6, random.nextLong(), random.nextLong());
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        lastSeen[connection] = answer.lastNumber(HEAD);
        return answer.lastNumber(COUNT) == opsPerPush && lastSeen[connection] > 0;
    }

    private static void addOp(Template.Builder push, int clientSequence) {
        push.text("{\"op_id\":\"").uuid();
        push.text("\",\"entity_type\":\"file\",\"entity_id\":\"");
        addPath(push).text("\",\"op_type\":\"").word("create");
        push.text("\",\"payload_json\":\"" + Note.escaped("{\"path\":\""));
        addPath(push)
                .text(Note.escaped("\",\"contentHash\":\"" + "0".repeat(64) + "\",\"content\":\"Revision "))
                .uuid();
        push.text(Note.escaped(". " + Note.TEXT + "\"}") + "\",\"client_sequence\":" + clientSequence
                        + ",\"last_seen_server_seq\":")
                .number();
        push.text(",\"created_at\":\"" + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\"}");
    }

    private static Template.Builder addPath(Template.Builder push) {
        return push.text("Notes/").uuid().text("/").uuid().text(".md");
    }
}
