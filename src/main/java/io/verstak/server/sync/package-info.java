/** The operation log as the rest of the server sees it: push, pull, group commit. */
@NullMarked
package io.verstak.server.sync;

import org.jspecify.annotations.NullMarked;
