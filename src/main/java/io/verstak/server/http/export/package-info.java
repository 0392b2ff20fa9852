/**
 * Downloads of whole vaults, produced piece by piece while the client reads, without temporary files and with little
 * memory.
 */
@NullMarked
package io.verstak.server.http.export;

import org.jspecify.annotations.NullMarked;
