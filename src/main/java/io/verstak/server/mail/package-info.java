/** Mail to people: written in their language, kept until it is sent, sent by SMTP. */
@NullMarked
package io.verstak.server.mail;

import org.jspecify.annotations.NullMarked;
