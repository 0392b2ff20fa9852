package io.verstak.server.http.guard;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/** Checks that the client takes flushed bytes. Used on the channel's event loop. */
final class OutputProgress {
    private final Channel channel;
    private final long stallNanos;

    /** The message at the head of the queue and its progress; the size of the queue would grow with our own writes. */
    private int message;

    private long progress;
    private long since;

    OutputProgress(Channel channel, Duration stall, long now) {
        this.channel = channel;
        this.stallNanos = stall.toNanos();
        this.since = now;
    }

    /** Returns whether flushed bytes wait to be taken. */
    boolean isWaiting() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.current() != null;
    }

    /** Returns the number of written bytes that have not been taken, flushed or not. */
    long waitingBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /** Returns true once bytes have waited and none was taken for the whole limit. Called periodically. */
    boolean isStalled(long now) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        Object head = waiting == null ? null : waiting.current();
        if (waiting == null || head == null) {
            message = 0;
            since = now;
            return false;
        }
        int identity = System.identityHashCode(head);
        long taken = waiting.currentProgress();
        if (identity != message || taken != progress) {
            message = identity;
            progress = taken;
            since = now;
        }
        return now - since > stallNanos;
    }
}
