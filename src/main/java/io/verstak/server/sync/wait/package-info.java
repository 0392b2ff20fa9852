/** Pulls and streams that wait until the head of their vault moves. */
@NullMarked
package io.verstak.server.sync.wait;

import org.jspecify.annotations.NullMarked;
