package io.verstak.bench.profile;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The parts of an operation's path. A stack belongs to the first part whose thread it runs on and which one of its frames names,
 * looked for from the innermost frame outwards: what the JDK does counts for its caller.
 */
public enum Part {
    SOCKET_WAIT(
            "event loop: wait for sockets, wake-ups",
            Group.LOOP,
            "sun/nio/ch/EPoll",
            "sun/nio/ch/IOUtil.write1",
            "sun/nio/ch/IOUtil.drain",
            "io/netty/channel/nio/NioIoHandler.wakeup",
            "io/netty/channel/epoll/Native.epollWait",
            "io/netty/channel/epoll/Native.eventFdWrite",
            "io/netty/channel/epoll/EpollIoHandler.wakeup"),
    SOCKET_READ(
            "event loop: read from the socket",
            Group.LOOP,
            "sun/nio/ch/SocketChannelImpl.read",
            "io/netty/channel/unix/Socket.recv",
            "io/netty/channel/unix/Socket.read"),
    SOCKET_WRITE(
            "event loop: write to the socket",
            Group.LOOP,
            "sun/nio/ch/SocketChannelImpl.write",
            "io/netty/channel/unix/Socket.send",
            "io/netty/channel/unix/Socket.write"),
    DECODE(
            "event loop: decode the request, and the guard",
            Group.LOOP,
            "io/netty/handler/codec",
            "io/vertx/core/http/impl/VertxHttpRequestDecoder",
            "io/verstak/server/http/guard"),
    REQUEST_LINE(
            "event loop: request line",
            Group.LOOP,
            "io/verstak/server/http/server/RequestLog",
            "ch/qos/logback",
            "org/slf4j",
            "io/verstak/server/metrics/LogQueue"),
    METERS(
            "event loop: metrics",
            Group.LOOP,
            "io/micrometer",
            "io/prometheus",
            "io/vertx/micrometer",
            "io/verstak/server/http/server/RequestMeters"),
    TOKEN(
            "event loop: who asks",
            Group.LOOP,
            "io/verstak/server/http/server/Authentication",
            "io/verstak/server/auth",
            "io/verstak/server/domain/Sha256",
            "com/github/benmanes/caffeine",
            "io/verstak/server/account"),
    JSON("event loop: JSON", Group.LOOP, "com/fasterxml/jackson|io/verstak/server/http/core/Json"),
    ENCODE(
            "event loop: check and encode the ops",
            Group.LOOP,
            "io/verstak/server/sync",
            "io/verstak/server/storage/log"),
    LEASES(
            "event loop: memory budgets",
            Group.LOOP,
            "io/verstak/server/domain/FairPool",
            "io/verstak/server/http/core/BodyLease"),
    BUS("event loop: call of the log", Group.LOOP, "io/verstak/server/bus"),
    ROUTING(
            "event loop: routing",
            Group.LOOP,
            "io/vertx/ext/web",
            "io/verstak/server/http/server/LocalRequest",
            "io/verstak/server/http/server/RouteTable",
            "io/verstak/server/http/core/BasePath"),
    SERVER("event loop: the rest of the server", Group.LOOP, "io/verstak"),
    VERTX("event loop: the rest of Vert.x", Group.LOOP, "io/vertx"),
    NETTY("event loop: the rest of Netty", Group.LOOP, "io/netty"),
    LOOP("event loop: the rest", Group.LOOP),
    ANSWER("log's writer: wake-ups and answers", Group.WRITER, "io/vertx|io/netty|io/verstak/server/sync/wait"),
    COMMIT("log's writer: SQLite", Group.WRITER, "org/sqlite"),
    WRITER("log's writer: the rest", Group.WRITER),
    READ("log's readers: SQLite", Group.READER, "org/sqlite"),
    PAGE("log's readers: the rest", Group.READER),
    CHECKPOINT("checkpoints of the database", Group.CHECKPOINT),
    LINES("thread of the request lines", Group.LINES),
    COLLECTOR("garbage collection and the JVM's own threads", Group.JVM),
    COMPILER("the JVM's compilers", Group.COMPILER),
    OTHERS("other threads", Group.OTHERS);

    /** Threads that do the same, by a part of their name. */
    private enum Group {
        LOOP("vert.x-eventloop"),
        WRITER("sync-log-writer"),
        READER("sync-log-reader"),
        CHECKPOINT("wal-checkpointer"),
        LINES("log-lines|AsyncAppender"),
        COMPILER("CompilerThre"),
        JVM("\\[(VM |GC |Signal|Monitor|Service Thread|Reference)"),
        OTHERS("");

        private final Pattern name;

        Group(String name) {
            this.name = Pattern.compile(name);
        }

        static Group of(String thread) {
            for (Group group : values()) {
                if (group.name.matcher(thread).find()) {
                    return group;
                }
            }
            return OTHERS;
        }
    }

    private final String title;
    private final Group group;
    private final Pattern frames;

    /** @param frames how the names of its frames begin; the last part of a group takes the rest */
    Part(String title, Group group, String... frames) {
        this.title = title;
        this.group = group;
        this.frames = Pattern.compile(frames.length == 0 ? "(?!)" : String.join("|", frames));
    }

    /** Returns what the part is called in a table. */
    public String title() {
        return title;
    }

    static Part of(List<String> stack) {
        Group group = Group.of(stack.get(0));
        for (int at = stack.size() - 1; at > 0; at--) {
            for (Part part : values()) {
                if (part.group == group && part.frames.matcher(stack.get(at)).lookingAt()) {
                    return part;
                }
            }
        }
        return last(group);
    }

    private static Part last(Group group) {
        Part last = OTHERS;
        for (Part part : values()) {
            if (part.group == group) {
                last = part;
            }
        }
        return last;
    }
}
