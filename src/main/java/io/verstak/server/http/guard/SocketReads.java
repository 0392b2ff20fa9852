package io.verstak.server.http.guard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Sizes of the reads from one socket. Vert.x stops reading for a paused request only when some two dozen pieces of its
 * body wait: with pieces of Netty's usual 64 KiB that would be megabytes per upload. So reads are small, but for a body
 * that nothing keeps.
 */
final class SocketReads extends AdaptiveRecvByteBufAllocator {
    /** The largest piece of a body that Vert.x gets. */
    static final int SMALL_BYTES = 16 << 10;

    private static final int LARGE_BYTES = 64 << 10;
    private static final int LEAST_BYTES = 64;
    private static final int FIRST_BYTES = 2048;

    /** How often a socket is read before the other connections of its event loop get their turn. */
    private static final int READS_PER_TURN = 4;

    /** The buffer of an event loop, which keeps it. While a decoder holds a part of it, reads take others. */
    private static final FastThreadLocal<ByteBuf> LARGE = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            // Netty's allocator would zero each buffer of this size.
            return Unpooled.directBuffer(LARGE_BYTES, LARGE_BYTES);
        }

        @Override
        protected void onRemoval(ByteBuf buffer) {
            buffer.release();
        }
    };

    private boolean large;

    SocketReads() {
        super(LEAST_BYTES, FIRST_BYTES, SMALL_BYTES);
        maxMessagesPerRead(READS_PER_TURN);
    }

    void large(boolean on) {
        large = on;
    }

    @Override
    @SuppressWarnings("deprecation") // the type of Netty's own method
    public Handle newHandle() {
        Handle small = super.newHandle();
        return new MaxMessageHandle() {
            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                if (large) {
                    ByteBuf kept = LARGE.get();
                    if (kept.refCnt() == 1) {
                        return kept.clear().retain();
                    }
                }
                return super.allocate(allocator);
            }

            @Override
            public int guess() {
                return large ? LARGE_BYTES : small.guess();
            }

            @Override
            public void reset(ChannelConfig config) {
                super.reset(config);
                small.reset(config);
            }

            @Override
            public void lastBytesRead(int bytes) {
                super.lastBytesRead(bytes);
                small.attemptedBytesRead(attemptedBytesRead());
                small.lastBytesRead(bytes);
            }

            @Override
            public void readComplete() {
                small.readComplete();
            }
        };
    }
}
