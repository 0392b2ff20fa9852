/** A small team of simulated devices that works in one vault, for a person to watch. */
@NullMarked
package io.verstak.client.demo;

import org.jspecify.annotations.NullMarked;
