/** Downloads of whole vaults: made piece by piece as the client takes them, with no file and little memory in between. */
@NullMarked
package io.verstak.server.http.archive;

import org.jspecify.annotations.NullMarked;
