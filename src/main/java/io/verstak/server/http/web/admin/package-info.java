/** Pages for administrators: each shows what {@code ops} finds and does what {@code account.Administration} can. */
@NullMarked
package io.verstak.server.http.web.admin;

import org.jspecify.annotations.NullMarked;
