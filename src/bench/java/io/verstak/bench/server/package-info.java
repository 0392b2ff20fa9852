/** The server under load as a process of its own: its home directory, start and stop, devices, memory, commits. */
@NullMarked
package io.verstak.bench.server;

import org.jspecify.annotations.NullMarked;
