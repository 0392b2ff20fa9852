/** Machines for tests: Debian in a container, its mail server, and the commands of the documentation. */
@NullMarked
package io.verstak.server.testkit.machine;

import org.jspecify.annotations.NullMarked;
