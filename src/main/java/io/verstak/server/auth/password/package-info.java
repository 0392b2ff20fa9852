/** Passwords: hashes, the pool that computes them, and the rules for new ones. */
@NullMarked
package io.verstak.server.auth.password;

import org.jspecify.annotations.NullMarked;
