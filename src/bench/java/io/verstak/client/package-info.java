/** A client of the wire contract, used by the tests, the benchmark and the demonstration. */
@NullMarked
package io.verstak.client;

import org.jspecify.annotations.NullMarked;
