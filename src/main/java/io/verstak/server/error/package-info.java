/** What can go wrong, once: the stable codes, their status and their words. */
@NullMarked
package io.verstak.server.error;

import org.jspecify.annotations.NullMarked;
