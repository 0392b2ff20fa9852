package io.verstak.server.cli.system;

import io.verstak.server.error.FailureReason;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, where the system has it: "read the configuration again". */
public final class ReloadSignal {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);

    private ReloadSignal() {}

    /**
     * Runs the action with each signal, on a thread of the JVM's. The JDK's one way to a signal is {@code sun.misc.Signal},
     * which javac warns of in any source that names it.
     */
    public static void onSignal(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException unknown) {
            LOG.debug("this system has no SIGHUP: {}", FailureReason.of(unknown));
        }
    }
}
