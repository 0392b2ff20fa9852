package io.verstak.server.http.web;

import io.verstak.server.http.core.FormFields;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * The form that a page answers: a refused one is shown again where it stands.
 *
 * @param path the address that it was sent to, below the server's own
 */
public record SentForm(String path, @Nullable FormFields fields) {
    private static final String KEY = SentForm.class.getName();

    /** Remembers the form of a request for its answer. */
    public static void keep(RoutingContext context, FormFields fields) {
        context.put(KEY, fields);
    }

    static SentForm of(RoutingContext context) {
        return new SentForm(context.request().path(), context.get(KEY));
    }

    /** Returns whether it was sent to this path, with this value in a field; without a name, with any fields. For templates. */
    public boolean is(String where, String name, String value) {
        return path.equals(where)
                && fields != null
                && (name.isEmpty() || fields.get(name).equals(value));
    }

    /** Returns what was typed into a field. For templates. */
    public String typed(String name) {
        return fields == null ? "" : fields.get(name);
    }

    /** Without what was typed. */
    @Override
    public String toString() {
        return "SentForm[%s]".formatted(path);
    }
}
