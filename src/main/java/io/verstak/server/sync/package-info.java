/** The operation log: push, pull, group commit. */
@NullMarked
package io.verstak.server.sync;

import org.jspecify.annotations.NullMarked;
