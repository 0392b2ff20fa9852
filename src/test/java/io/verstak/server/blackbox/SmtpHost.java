package io.verstak.server.blackbox;

import com.icegreen.greenmail.util.GreenMail;
import io.verstak.server.testkit.machine.MailHost;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A machine for mail on one port, which is closed at first; what listens there can be changed. Used by one thread. */
final class SmtpHost implements AutoCloseable {
    private static final String ADDRESS = InetAddress.getLoopbackAddress().getHostAddress();
    /** A mail that failed or was being sent is tried again within 30 s; the rest is for a busy machine. */
    private static final int PATIENCE_SECONDS = 180;

    /** Bound, but not listening: connections are refused, and nobody else is given the port meanwhile. */
    private final Socket claim = new Socket();

    private final BlockingQueue<Socket> arrivals = new LinkedBlockingQueue<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private @Nullable ServerSocket silent;
    private @Nullable Thread acceptor;
    private @Nullable GreenMail working;

    SmtpHost() throws IOException {
        claim.setReuseAddress(true);
        claim.bind(new InetSocketAddress(ADDRESS, 0));
    }

    int port() {
        return claim.getLocalPort();
    }

    /** From now on connections are accepted and never greeted. */
    SmtpHost fallSilent() throws IOException {
        shut();
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(ADDRESS, port()));
        silent = listener;
        Thread accepting = new Thread(() -> accept(listener), "silent-smtp");
        accepting.setDaemon(true);
        accepting.start();
        acceptor = accepting;
        return this;
    }

    private void accept(ServerSocket listener) {
        try {
            while (true) {
                Socket connection = listener.accept();
                open.add(connection);
                arrivals.add(connection);
            }
        } catch (IOException closed) {
            // The host does something else now.
        }
    }

    /** Waits for the next connection to the silent server. */
    void awaitSilentConnection() throws InterruptedException {
        if (arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
            throw new AssertionError("nobody connected within %d s".formatted(PATIENCE_SECONDS));
        }
    }

    /** From now on mail is taken; what was taken before is forgotten. */
    SmtpHost work() throws IOException {
        shut();
        working = MailHost.start(port());
        return this;
    }

    /** Waits for the mail with this number, from 1, and checks that it is for nobody else. */
    MimeMessage take(int number, String recipient) throws MessagingException {
        GreenMail server = server();
        if (!server.waitForIncomingEmail(PATIENCE_SECONDS * 1000L, number)) {
            throw new AssertionError("no mail %d within %d s".formatted(number, PATIENCE_SECONDS));
        }
        MimeMessage mail = server.getReceivedMessages()[number - 1];
        String recipients = Arrays.toString(mail.getAllRecipients());
        if (!recipients.equals("[" + recipient + "]")) {
            throw new AssertionError("mail %d is for %s".formatted(number, recipients));
        }
        return mail;
    }

    /** How many mails the server has taken. */
    int taken() {
        return server().getReceivedMessages().length;
    }

    private GreenMail server() {
        GreenMail server = working;
        if (server == null) {
            throw new IllegalStateException("no mail is taken now");
        }
        return server;
    }

    /** All text of a mail, decoded. */
    static String text(MimeMessage mail) throws MessagingException, IOException {
        return text(mail.getContent());
    }

    private static String text(Object content) throws MessagingException, IOException {
        if (!(content instanceof Multipart parts)) {
            return content.toString();
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            text.append(text(part.getContent())).append('\n');
        }
        return text.toString();
    }

    private void shut() throws IOException {
        if (silent != null) {
            silent.close();
            silent = null;
        }
        if (acceptor != null) {
            // The system has the port until the thread has left accept(2).
            ended(acceptor);
            acceptor = null;
        }
        for (Socket connection : open) {
            connection.close();
        }
        arrivals.clear();
        if (working != null) {
            working.stop();
            working = null;
        }
    }

    private static void ended(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the end of a listener was not awaited");
        }
    }

    @Override
    public void close() throws IOException {
        shut();
        claim.close();
    }
}
