/** The operation log: push, pull, waiting pulls, group commit. */
@NullMarked
package io.verstak.server.sync;

import org.jspecify.annotations.NullMarked;
