package io.verstak.server.storage.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Packs consecutive ops of a scope into chunks. Not safe for several threads. */
public final class ChunkBuilder {
    private static final byte[] NOTHING = {};
    private static final int FIRST_OPS = 4;
    private static final int FIRST_BODY_BYTES = 1 << 10;

    private final long scopeId;
    private final List<Chunk> chunks = new ArrayList<>();
    private byte[] head = NOTHING;
    private byte[] body = NOTHING;
    private byte[] chain = NOTHING;
    private long first;
    private long last;
    private int ops;
    private int length;

    public ChunkBuilder(long scopeId) {
        this.scopeId = scopeId;
    }

    /**
     * Adds the next op.
     *
     * @param members see {@link StoredOp#members}
     * @param link the digest after the op
     */
    public void add(long sequence, long opKey, long entityKey, long deviceKey, byte[] members, byte[] link) {
        byte[] opening = Chunk.opening(sequence);
        int size = opening.length + members.length + 1;
        makeRoom(1, size, sequence);
        System.arraycopy(opening, 0, body, length, opening.length);
        System.arraycopy(members, 0, body, length + opening.length, members.length);
        length += size;
        body[length - 1] = '}';
        addHead(sequence, opKey, entityKey, deviceKey, size);
        chain = link;
    }

    /** Adds all ops of a chunk, together: a chunk is merged whole. */
    public void add(Chunk chunk) {
        ChunkHead added = new ChunkHead(chunk.lastSequence(), chunk.head());
        makeRoom(added.ops(), chunk.body().length, chunk.lastSequence());
        System.arraycopy(chunk.body(), 0, body, length, chunk.body().length);
        length += chunk.body().length;
        for (int i = 0; i < added.ops(); i++) {
            addHead(added.sequence(i), added.opKey(i), added.entityKey(i), added.deviceKey(i), added.length(i));
        }
        chain = chunk.chain();
    }

    /** Begins another chunk if this one cannot take so many ops and bytes, and separates them from those before. */
    private void makeRoom(int more, int size, long lastSequence) {
        boolean full = ops + more > Chunk.MAX_OPS || length + 1 + size > Chunk.MAX_BYTES;
        if (ops > 0 && (full || lastSequence - first > Integer.MAX_VALUE)) {
            cut();
        }
        reserve(size + 1);
        if (ops > 0) {
            body[length++] = ',';
        }
    }

    private void addHead(long sequence, long opKey, long entityKey, long deviceKey, int size) {
        if ((ops + 1) * ChunkHead.ENTRY_BYTES > head.length) {
            head = Arrays.copyOf(head, Math.max(FIRST_OPS * ChunkHead.ENTRY_BYTES, 2 * head.length));
        }
        first = ops == 0 ? sequence : first;
        last = sequence;
        ChunkHead.write(head, ops++, opKey, entityKey, deviceKey, size, (int) (sequence - first));
    }

    /** Makes room for ops that are about to be added. */
    void expect(int ops, int bytes) {
        reserve(Math.min(bytes, Chunk.MAX_BYTES - length));
        int entries = Math.min(this.ops + ops, Chunk.MAX_OPS) * ChunkHead.ENTRY_BYTES;
        if (entries > head.length) {
            head = Arrays.copyOf(head, entries);
        }
    }

    private void reserve(int more) {
        if (length + more > body.length) {
            body = Arrays.copyOf(body, Math.max(Math.max(FIRST_BODY_BYTES, length + more), 2 * body.length));
        }
    }

    private void cut() {
        byte[] entries = Arrays.copyOf(head, ops * ChunkHead.ENTRY_BYTES);
        ChunkHead.countFromLast(entries, (int) (last - first));
        chunks.add(new Chunk(scopeId, last, chain, entries, Arrays.copyOf(body, length)));
        ops = 0;
        length = 0;
    }

    /** Returns the chunks of all ops so far, and begins again. */
    public List<Chunk> take() {
        if (ops > 0) {
            cut();
        }
        List<Chunk> taken = List.copyOf(chunks);
        chunks.clear();
        return taken;
    }
}
