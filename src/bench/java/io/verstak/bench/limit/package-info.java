/** What the machine allows: the same rows, pages, bytes and files with nothing of the server in between. */
@NullMarked
package io.verstak.bench.limit;

import org.jspecify.annotations.NullMarked;
