package io.verstak.server.cli.system;

import io.verstak.server.error.FailureReason;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals, where the system has them: SIGHUP says "read the configuration again", SIGTERM a second time "stop at once". */
public final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * Runs the action with each signal of this name, such as HUP, on a thread of the JVM's. The JDK's one way to a signal is {@code
     * sun.misc.Signal}, which javac warns of in any source that names it.
     */
    public static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
        } catch (ReflectiveOperationException unknown) {
            LOG.debug("this system has no SIG{}: {}", name, FailureReason.of(unknown));
        }
    }
}
