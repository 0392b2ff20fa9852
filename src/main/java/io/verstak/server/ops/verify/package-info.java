/** Whether a data directory still holds what it was given. */
@NullMarked
package io.verstak.server.ops.verify;

import org.jspecify.annotations.NullMarked;
