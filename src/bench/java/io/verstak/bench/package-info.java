/**
 * Measures the packaged server: starts it, loads it over loopback, measures beside each figure the limit that the
 * machine sets, and prints one table. {@code scripts/bench.sh} is the way in.
 */
@NullMarked
package io.verstak.bench;

import org.jspecify.annotations.NullMarked;
