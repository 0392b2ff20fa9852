/** What keeps a server healthy: health, backup, verification, housekeeping. */
@NullMarked
package io.verstak.server.ops;

import org.jspecify.annotations.NullMarked;
