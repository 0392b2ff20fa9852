/** Pages about how people prove who they are: the second step of a sign-in, second factors, passkeys, confirming a session. */
@NullMarked
package io.verstak.server.http.web.security;

import org.jspecify.annotations.NullMarked;
