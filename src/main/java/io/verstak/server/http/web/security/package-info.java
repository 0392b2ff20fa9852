/** Pages of what guards an account besides the password: the second step of a sign-in, authenticator apps, recovery codes. */
@NullMarked
package io.verstak.server.http.web.security;

import org.jspecify.annotations.NullMarked;
