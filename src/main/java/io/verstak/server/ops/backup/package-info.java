/** Backups of a data directory, and their restore. */
@NullMarked
package io.verstak.server.ops.backup;

import org.jspecify.annotations.NullMarked;
