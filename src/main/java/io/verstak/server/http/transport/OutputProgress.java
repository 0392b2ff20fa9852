package io.verstak.server.http.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/** Tells whether the other side still takes bytes of what has been flushed to it. Used on the channel's event loop. */
final class OutputProgress {
    private final Channel channel;
    private final long stallNanos;

    /** Identity of the message at the queue's head and how far it has gone: the sum of what waits would grow with our own writes. */
    private int message;

    private long progress;
    private long since;

    OutputProgress(Channel channel, Duration stall, long now) {
        this.channel = channel;
        this.stallNanos = stall.toNanos();
        this.since = now;
    }

    /** Whether flushed bytes wait to be taken. */
    boolean isWaiting() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.current() != null;
    }

    /** How much of what was written has not been taken, flushed or not. */
    long waitingBytes() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /** Called from time to time; true once bytes have waited and none was taken for the whole of the limit. */
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
