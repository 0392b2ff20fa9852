/** What clients saw of a server, and the check that one log explains all of it. */
@NullMarked
package io.verstak.server.history;

import org.jspecify.annotations.NullMarked;
