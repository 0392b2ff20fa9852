@NullMarked
package io.verstak.server.mail;

import org.jspecify.annotations.NullMarked;
