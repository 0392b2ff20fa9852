/** What the system says to the process, and hears of it. */
@NullMarked
package io.verstak.server.cli.system;

import org.jspecify.annotations.NullMarked;
