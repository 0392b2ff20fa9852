/** Mail to people: written in their language, queued durably, sent by SMTP. */
@NullMarked
package io.verstak.server.mail;

import org.jspecify.annotations.NullMarked;
