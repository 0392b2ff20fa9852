/** Stable error codes with their status and text. */
@NullMarked
package io.verstak.server.error;

import org.jspecify.annotations.NullMarked;
