/** Repositories of blobs, references and uploads, on the Vert.x SQL API. */
@NullMarked
package io.verstak.server.storage.blob;

import org.jspecify.annotations.NullMarked;
