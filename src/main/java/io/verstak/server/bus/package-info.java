/** Typed messages over the event bus; the only package that touches it. */
@NullMarked
package io.verstak.server.bus;

import org.jspecify.annotations.NullMarked;
