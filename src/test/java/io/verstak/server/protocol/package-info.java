/** The wire contract, sentence by sentence, through a socket. */
@NullMarked
package io.verstak.server.protocol;

import org.jspecify.annotations.NullMarked;
