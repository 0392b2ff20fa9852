/** Tokens of devices and sessions: their creation, look-up and caches. */
@NullMarked
package io.verstak.server.auth.token;

import org.jspecify.annotations.NullMarked;
