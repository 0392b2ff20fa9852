/** What keeps a running server in order by itself, never while somebody waits for an answer. */
@NullMarked
package io.verstak.server.ops.housekeeping;

import org.jspecify.annotations.NullMarked;
