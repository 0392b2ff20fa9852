/** Background maintenance of a running server, which delays no request. */
@NullMarked
package io.verstak.server.maintenance;

import org.jspecify.annotations.NullMarked;
