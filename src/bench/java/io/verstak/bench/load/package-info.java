/**
 * The load tool: few threads, pre-encoded requests, whole answers read and checked. It knows HTTP, not the server's
 * insides.
 */
@NullMarked
package io.verstak.bench.load;

import org.jspecify.annotations.NullMarked;
