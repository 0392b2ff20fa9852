/** What verticles ask each other. */
@NullMarked
package io.verstak.server.bus;

import org.jspecify.annotations.NullMarked;
