/** Verification of a data directory. */
@NullMarked
package io.verstak.server.ops.verify;

import org.jspecify.annotations.NullMarked;
