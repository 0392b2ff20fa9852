/** A client of the wire contract: what the tests, the benchmark and the demonstration play devices with. */
@NullMarked
package io.verstak.server.client;

import org.jspecify.annotations.NullMarked;
