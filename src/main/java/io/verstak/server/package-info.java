/** The server as a whole: its command line and the one place where its parts are wired together. */
@NullMarked
package io.verstak.server;

import org.jspecify.annotations.NullMarked;
