package io.verstak.bench.load;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** Pulls of full pages, each of a vault and from a cursor drawn at random. */
public final class PullRequests implements Requests {
    private static final int PAGE = 100;
    private static final byte[] PAGE_LAST = Answer.key("page_last_sequence");

    private final Template template = Template.post("/api/v1/sync/pull")
            .text("{\"page_limit\":" + PAGE + ",\"since_sequence\":")
            .number()
            .text("}")
            .build();
    private final List<byte[]> tokens;
    private final int pagesPerVault;
    private final SplittableRandom random = new SplittableRandom();
    private final long[] cursors;

    /** Each token opens a vault that holds at least {@code opsPerVault} ops. */
    public PullRequests(List<byte[]> tokens, int opsPerVault, int connections) {
        this.tokens = tokens;
        this.pagesPerVault = opsPerVault / PAGE;
        this.cursors = new long[connections];
    }

    @Override
    public int longest() {
        return template.length();
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        cursors[connection] = (long) random.nextInt(pagesPerVault) * PAGE;
        template.put(0, tokens.get(random.nextInt(tokens.size())));
        template.putNumber(1, cursors[connection]);
        template.writeTo(out);
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        return answer.lastNumber(PAGE_LAST) == cursors[connection] + PAGE;
    }
}
