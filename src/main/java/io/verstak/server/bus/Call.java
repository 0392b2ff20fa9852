package io.verstak.server.bus;

import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * A call of a contract's method.
 *
 * @param arguments null for a method without parameters
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and passed on as the proxy got it
record Call(Method method, Object @Nullable [] arguments) {
    Call {
        // A contract may be package-private. Costs nothing after a method's first call.
        method.trySetAccessible();
    }

    /** Calls the method on a service; an exception becomes a failed future. */
    @SuppressWarnings("unchecked") // the client's creation has checked that the method returns a future
    Future<Object> on(Object service) {
        try {
            return (Future<Object>) method.invoke(service, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            return Future.failedFuture(thrown.getCause());
        } catch (IllegalAccessException failure) {
            return Future.failedFuture(failure);
        }
    }

    /** Without the arguments, which may hold a password. */
    @Override
    public String toString() {
        return name(method);
    }

    /** Returns the name of a call in the log. */
    static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + '.' + method.getName();
    }
}
