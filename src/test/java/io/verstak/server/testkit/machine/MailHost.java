package io.verstak.server.testkit.machine;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;

/** A mail server on this machine that takes whatever comes. */
public final class MailHost {
    /** By itself it gives up after two seconds, which a busy machine may take. */
    private static final long STARTUP_MILLIS = 60_000;

    private MailHost() {}

    /** Starts one on a port of its own; whoever starts it stops it. */
    public static GreenMail start() {
        return start(0);
    }

    /** The same, on this port. */
    public static GreenMail start(int port) {
        ServerSetup setup = new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        setup.setServerStartupTimeout(STARTUP_MILLIS);
        GreenMail server = new GreenMail(setup);
        server.start();
        return server;
    }
}
