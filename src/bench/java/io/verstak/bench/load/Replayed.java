package io.verstak.bench.load;

import java.nio.ByteBuffer;

/** The same requests sent to somebody who answers each with the same bytes. */
public final class Replayed implements Requests {
    private final Requests requests;
    private final long answerLength;

    public Replayed(Requests requests, long answerLength) {
        this.requests = requests;
        this.answerLength = answerLength;
    }

    @Override
    public int longest() {
        return requests.longest();
    }

    @Override
    public void next(int connection, ByteBuffer out) {
        requests.next(connection, out);
    }

    @Override
    public boolean accepts(int connection, Answer answer) {
        return answer.bodyLength() == answerLength;
    }
}
