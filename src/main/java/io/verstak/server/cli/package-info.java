/** The commands of {@code verstak-server}: read flags, call the server's own classes, print. */
@NullMarked
package io.verstak.server.cli;

import org.jspecify.annotations.NullMarked;
