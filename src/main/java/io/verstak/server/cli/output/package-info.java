/** What commands print: reports for a person or a script, and how far they are. */
@NullMarked
package io.verstak.server.cli.output;

import org.jspecify.annotations.NullMarked;
