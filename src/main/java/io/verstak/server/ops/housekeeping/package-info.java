/** Background maintenance of a running server, which delays no request. */
@NullMarked
package io.verstak.server.ops.housekeeping;

import org.jspecify.annotations.NullMarked;
