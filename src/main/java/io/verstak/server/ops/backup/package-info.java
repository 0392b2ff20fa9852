/** Copies of a data directory from which a server can be made again. */
@NullMarked
package io.verstak.server.ops.backup;

import org.jspecify.annotations.NullMarked;
