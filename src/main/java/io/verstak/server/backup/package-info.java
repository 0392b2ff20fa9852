/** Backups of a data directory, and their restore. */
@NullMarked
package io.verstak.server.backup;

import org.jspecify.annotations.NullMarked;
