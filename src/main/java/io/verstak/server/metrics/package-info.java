/** Health, statistics, metrics and the log: what an operator reads. */
@NullMarked
package io.verstak.server.metrics;

import org.jspecify.annotations.NullMarked;
