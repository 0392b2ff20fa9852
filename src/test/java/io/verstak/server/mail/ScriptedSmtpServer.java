package io.verstak.server.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An SMTP server over real sockets that does what a test says: falls silent, refuses, encrypts with any certificate. */
public final class ScriptedSmtpServer implements AutoCloseable {
    /** The steps at which it can fall silent, beside the commands. */
    static final String GREETING = "GREETING";

    static final String MESSAGE = "MESSAGE";
    static final String HANDSHAKE = "HANDSHAKE";

    private static final int PATIENCE_SECONDS = 60;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final @Nullable SSLContext encryption;
    private final boolean encryptedFromTheStart;
    private final Map<String, BlockingQueue<String>> replies = new ConcurrentHashMap<>();
    private final Set<String> silentAt = ConcurrentHashMap.newKeySet();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Semaphore arrivals = new Semaphore(0);
    private final CountDownLatch clientGone = new CountDownLatch(1);

    private ScriptedSmtpServer(@Nullable SSLContext encryption, boolean encryptedFromTheStart) throws IOException {
        this.encryption = encryption;
        this.encryptedFromTheStart = encryptedFromTheStart;
        run(() -> {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                arrivals.release();
                run(() -> {
                    try {
                        new Dialogue(socket).run();
                    } finally {
                        clientGone.countDown();
                    }
                });
            }
        });
    }

    public static ScriptedSmtpServer plain() throws IOException {
        return new ScriptedSmtpServer(null, false);
    }

    static ScriptedSmtpServer offeringStartTls(SSLContext encryption) throws IOException {
        return new ScriptedSmtpServer(encryption, false);
    }

    static ScriptedSmtpServer encrypted(SSLContext encryption) throws IOException {
        return new ScriptedSmtpServer(encryption, true);
    }

    /** Answers a command once with this instead of its usual reply. */
    ScriptedSmtpServer reply(String command, String reply) {
        replies.computeIfAbsent(command, key -> new LinkedBlockingQueue<>()).add(reply);
        return this;
    }

    /** Reads on, but never answers from this step on. */
    ScriptedSmtpServer silentAt(String step) {
        silentAt.add(step);
        return this;
    }

    /** Answers every step again. */
    void recover() {
        silentAt.clear();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections were ever made. */
    int connections() {
        return open.size();
    }

    /** Waits until so many more connections were made. */
    void awaitConnections(int count) throws InterruptedException {
        if (!arrivals.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("not %d connections, but %d".formatted(count, connections()));
        }
    }

    /** Waits until a client has sent a command. */
    void awaitCommand(String command) throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (line != null && !line.startsWith(command)) {
            line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (line == null) {
            throw new AssertionError("no " + command + " within a minute");
        }
    }

    /** The next message that it has taken. */
    public String takeMessage() throws InterruptedException {
        String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no mail within a minute");
        }
        return message;
    }

    public int messagesWaiting() {
        return messages.size();
    }

    /** Whether a client has closed its connection, within a minute. */
    boolean awaitClientGone() throws InterruptedException {
        return clientGone.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** All lines that clients sent outside of messages. */
    List<String> commands() {
        return List.copyOf(lines);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException closed) {
                        // The test is over, or the client has gone: what it did before is what counts.
                    }
                },
                "scripted-smtp");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Dialogue {
        private Socket socket;
        private BufferedReader in;
        private OutputStream out;
        private Set<String> silent = Set.of();

        Dialogue(Socket accepted) throws IOException {
            socket = accepted;
            in = reader(accepted);
            out = accepted.getOutputStream();
        }

        void run() throws IOException {
            silent = Set.copyOf(silentAt);
            if (encryptedFromTheStart) {
                encrypt();
            }
            answer(GREETING, "220 scripted");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                // Decided before the test learns of the command, and may change its mind.
                silent = Set.copyOf(silentAt);
                lines.add(line);
                String command = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
                switch (command) {
                    case "EHLO" -> answer(command, capabilities());
                    case "STARTTLS" -> {
                        if (answer(command, "220 go ahead")) {
                            encrypt();
                        }
                    }
                    case "AUTH" -> answer(command, "235 welcome");
                    case "DATA" -> data();
                    case "QUIT" -> {
                        answer(command, "221 bye");
                        socket.close();
                    }
                    default -> answer(command, "250 fine");
                }
            }
        }

        private String capabilities() {
            boolean offer = encryption != null && !(socket instanceof SSLSocket);
            return "250-scripted\r\n" + (offer ? "250-STARTTLS\r\n" : "") + "250 AUTH PLAIN";
        }

        private void data() throws IOException {
            answer("DATA", "354 go on");
            StringBuilder message = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                message.append(line).append("\r\n");
            }
            messages.add(message.toString());
            answer(MESSAGE, "250 taken");
        }

        private void encrypt() throws IOException {
            SSLContext context = encryption;
            if (context == null || silentAt.contains(HANDSHAKE)) {
                return;
            }
            SSLSocket encrypted = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
            encrypted.setUseClientMode(false);
            encrypted.startHandshake();
            socket = encrypted;
            in = reader(encrypted);
            out = encrypted.getOutputStream();
        }

        /** Whether it was the usual answer. */
        private boolean answer(String step, String usual) throws IOException {
            if (silent.contains(step)) {
                return false;
            }
            BlockingQueue<String> scripted = replies.get(step);
            String reply = scripted == null ? null : scripted.poll();
            out.write(((reply == null ? usual : reply) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return reply == null;
        }

        private static BufferedReader reader(Socket socket) throws IOException {
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }
    }
}
