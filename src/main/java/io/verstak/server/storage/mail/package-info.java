/** Repositories of the mail outbox and the mail settings, on the Vert.x SQL API. */
@NullMarked
package io.verstak.server.storage.mail;

import org.jspecify.annotations.NullMarked;
