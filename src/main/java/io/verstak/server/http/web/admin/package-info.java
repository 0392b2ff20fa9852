/** Pages for administrators: they show data of {@code ops} and act through {@code account.Administration}. */
@NullMarked
package io.verstak.server.http.web.admin;

import org.jspecify.annotations.NullMarked;
