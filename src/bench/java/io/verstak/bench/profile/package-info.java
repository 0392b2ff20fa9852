/** Where the time and the memory of an operation go: async-profiler, attached to the server under load. */
@NullMarked
package io.verstak.bench.profile;

import org.jspecify.annotations.NullMarked;
