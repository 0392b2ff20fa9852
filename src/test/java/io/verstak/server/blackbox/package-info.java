/** The packaged server as a process, driven over sockets. */
@NullMarked
package io.verstak.server.blackbox;

import org.jspecify.annotations.NullMarked;
