package io.verstak.bench.load;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Pushes of 100 ops that go round the vaults until each holds as many as it should: a long log, made by the server
 * itself.
 */
public final class FillRequests implements Requests {
    /** Ops of one push. */
    public static final int BATCH = 100;

    private final List<byte[]> tokens;
    private final PushRequests pushes;
    private long left;
    private int vault;

    /** One token per vault. */
    public FillRequests(List<byte[]> tokens, long opsPerVault) {
        this.tokens = tokens;
        this.pushes = new PushRequests(BATCH, tokens);
        this.left = opsPerVault / BATCH * tokens.size();
    }

    @Override
    public int longest() {
        return pushes.longest();
    }

    @Override
    public boolean hasNext() {
        return left > 0;
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        left--;
        pushes.nextOf(tokens.get(vault), out);
        vault = (vault + 1) % tokens.size();
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        return pushes.accepts(0, answer);
    }
}
