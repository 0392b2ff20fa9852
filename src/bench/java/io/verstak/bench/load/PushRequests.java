package io.verstak.bench.load;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pushes of fresh ops. Each connection is a device of its own. Seven of eight ops are about an entity never seen
 * before, the eighth about one of a thousand that the vault's devices share. {@code last_seen_server_seq} is the
 * head that the device saw last, so the server looks for conflicts as it does in life.
 */
public final class PushRequests implements Requests {
    private static final int SLOTS_PER_OP = 4;
    private static final int SHARED_ENTITIES = 1000;
    private static final long SHARED_HIGH = 0x5a_ed_00_00_00_00_40_00L;
    private static final byte[] HEAD = Answer.key("server_sequence");
    private static final byte[] COUNT = Answer.key("count");

    private final int opsPerPush;
    private final Template template;
    private final List<byte[]> tokens;
    private final long[] lastSeen;
    private final SplittableRandom random = new SplittableRandom();

    /** Connection n is the device of {@code tokens[n]}. */
    public PushRequests(int opsPerPush, List<byte[]> tokens) {
        this.opsPerPush = opsPerPush;
        this.tokens = tokens;
        this.template = Template.push(opsPerPush, PushRequests::addOp);
        this.lastSeen = new long[tokens.size()];
    }

    @Override
    public int longest() {
        return template.length();
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        fill(tokens.get(connection), lastSeen[connection]);
        template.writeTo(out);
    }

    /** A push of a device that has seen nothing yet, and asks for no conflicts. */
    void nextOf(byte[] token, ByteBuffer out) {
        fill(token, 0);
        template.writeTo(out);
    }

    private void fill(byte[] token, long seen) {
        template.put(0, token);
        for (int op = 0; op < opsPerPush; op++) {
            int slot = 1 + op * SLOTS_PER_OP;
            template.putUuid(slot, random.nextLong(), random.nextLong());
            if (random.nextInt(8) == 0) {
                template.putUuid(slot + 1, SHARED_HIGH, random.nextInt(SHARED_ENTITIES));
            } else {
                template.putUuid(slot + 1, random.nextLong(), random.nextLong());
            }
            template.putUuid(slot + 2, random.nextLong(), random.nextLong());
            template.putNumber(slot + 3, seen);
        }
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        lastSeen[connection] = answer.lastNumber(HEAD);
        return answer.lastNumber(COUNT) == opsPerPush && lastSeen[connection] > 0;
    }

    private static void addOp(Template.Builder push, int clientSequence) {
        push.text("{\"op_id\":\"").uuid();
        push.text("\",\"entity_type\":\"note\",\"entity_id\":\"").uuid();
        push.text("\",\"op_type\":\"update\",\"payload_json\":\"" + Note.escaped(Note.BEFORE_REVISION))
                .uuid();
        push.text(Note.escaped(Note.AFTER_REVISION) + "\",\"client_sequence\":" + clientSequence
                        + ",\"last_seen_server_seq\":")
                .number();
        push.text(",\"created_at\":\"" + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\"}");
    }
}
