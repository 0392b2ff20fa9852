/** Data directories for tests: those of the Go server, and copies to be damaged. */
@NullMarked
package io.verstak.server.testkit.data;

import org.jspecify.annotations.NullMarked;
